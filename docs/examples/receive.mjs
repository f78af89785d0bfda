// Receives webhooks: verify, keep, answer.
//
// npm install standardwebhooks; WEBHOOK_SECRET=whsec_… node receive.mjs

import { createServer } from "node:http";

import { Webhook } from "standardwebhooks";

const secret = new Webhook(process.env.WEBHOOK_SECRET);
// A table with the id as its key, in your service: what is kept in memory is forgotten at the next start.
const kept = new Map();

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let event;
  try {
    // The bytes as they came: parsed and written anew, they would have another signature.
    event = secret.verify(Buffer.concat(chunks).toString("utf8"), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  const isNew = !kept.has(event.id);
  kept.set(event.id, event);
  response.writeHead(204).end();
  if (isNew) console.log(event.sequence, event.type, JSON.stringify(event.data));
});

server.listen(Number(process.env.PORT ?? 9000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
