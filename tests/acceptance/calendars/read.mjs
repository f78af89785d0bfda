// Reads documents as JSON from standard input and writes what ical.js understands of each entry in them, in order.
import ICAL from "ical.js";

const documents = JSON.parse(await new Response(process.stdin).text());
const read = documents.flatMap((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((found) => entry(calendar, new ICAL.Event(found)));
});
console.log(JSON.stringify(read));

function entry(calendar, event) {
  return {
    method: calendar.getFirstPropertyValue("method"),
    uid: event.uid,
    sequence: event.sequence,
    status: event.component.getFirstPropertyValue("status"),
    starts: event.startDate.toJSDate().toISOString(),
    ends: event.endDate.toJSDate().toISOString(),
    summary: event.summary,
    attendees: event.attendees.map((each) => [each.getFirstValue(), each.getParameter("cn")]),
  };
}
