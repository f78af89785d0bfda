// Reads documents as JSON from standard input and writes what ical.js understands of each.
import ICAL from "ical.js";

const documents = JSON.parse(await new Response(process.stdin).text());
const read = documents.map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
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
});
console.log(JSON.stringify(read));
