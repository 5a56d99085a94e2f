// The usual way in Node: Express checks the signature, keeps each message once (SET NX), queues it with BullMQ.
import cluster from "node:cluster";
import { createHmac, timingSafeEqual } from "node:crypto";
import { Queue } from "bullmq";
import express from "express";
import Redis from "ioredis";

const { PORT, REDIS_URL, WHATSAPP_APP_SECRET, WEB_WORKERS = "2" } = process.env;
const KEPT_SECONDS = 8 * 24 * 3600;

function isSigned(raw, header = "") {
  const wanted = Buffer.from("sha256=" + createHmac("sha256", WHATSAPP_APP_SECRET).update(raw).digest("hex"));
  const given = Buffer.from(header);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function messagesOf(body) {
  return body.entry.flatMap((entry) => entry.changes.flatMap((change) => change.value.messages ?? []));
}

function serve() {
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  const queue = new Queue("messages", { connection: redis });
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.post("/api/webhooks/whatsapp", express.raw({ type: "*/*", limit: "4mb" }), async (request, response) => {
    if (!isSigned(request.body, request.get("X-Hub-Signature-256"))) return response.status(401).end();
    for (const message of messagesOf(JSON.parse(request.body))) {
      const fresh = await redis.set(`seen:${message.id}`, "1", "EX", KEPT_SECONDS, "NX");
      if (fresh) await queue.add("message", message);
    }
    return response.status(200).end();
  });
  const server = app.listen(Number(PORT), "127.0.0.1");
  server.keepAliveTimeout = 15_000;
}

if (cluster.isPrimary) {
  for (let number = 0; number < Number(WEB_WORKERS); number += 1) cluster.fork();
} else {
  serve();
}
