// A receiver in JavaScript: it keeps what it is sent, and says what the library of its argument thinks of the last of it.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";

const { Webhook } = await import(process.argv[2]);
let last;

function verdict({ secret, headers, appended }) {
  try {
    new Webhook(secret).verify(last.body + appended, { ...last.headers, ...headers });
    return "accepted";
  } catch (error) {
    return error.constructor.name;
  }
}

// No library checks these yet, so that OpenSSL has to.
function proofs({ keys }) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = last.headers;
  const signed = Buffer.from(`${id}.${timestamp}.${last.body}`);
  const entries = signatures.split(" ").map((entry) => entry.split(","));
  const proven = (key) =>
    entries.some(
      ([version, signature]) =>
        version === "v1a" &&
        verify(null, signed, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64")),
    );
  return keys.filter(proven).map((key) => key.kid);
}

const doors = { "/verdict": verdict, "/proofs": proofs };

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  if (request.url in doors) {
    response.end(JSON.stringify(doors[request.url](JSON.parse(body))));
    return;
  }
  last = { headers: request.headers, body };
  response.writeHead(204).end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
