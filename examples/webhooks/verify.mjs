// Verifies webhooks that Errand sends (Standard Webhooks, scheme v1), with what Node has itself.
//
//     import { verify } from "./verify.mjs";
//     const event = JSON.parse(verify(body, request.headers, secrets));   // throws WebhookRefused
//
// By hand, the body on standard input and the secret in the environment:
//
//     WEBHOOK_SECRET=whsec_… node verify.mjs ID TIMESTAMP SIGNATURES < body

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const toleranceSeconds = 5 * 60;

// The message is not what the sender sent, or not from now: answer 400 and use nothing of it.
export class WebhookRefused extends Error {}

// Returns `body` (a Buffer, as received) when one of `secrets` signed it within `tolerance` seconds
// of `now`. `headers` has names in lower case, as Node gives them.
export function verify(body, headers, secrets,
                       { now = Date.now() / 1000, tolerance = toleranceSeconds } = {}) {
  const [id, timestamp, signatures] =
    ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => {
      if (typeof headers[name] !== "string") {
        throw new WebhookRefused(`the header ${name} is missing`);
      }
      return headers[name];
    });
  if (!/^[0-9]+$/.test(timestamp)) {
    throw new WebhookRefused("the timestamp is no number of seconds");
  }
  // An old message could be a recording that somebody sends again.
  if (Math.abs(now - Number(timestamp)) > tolerance) {
    throw new WebhookRefused("the timestamp is too far from now");
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const expected = secrets.map((secret) => sign(secret, signed));
  const given = signatures.split(" ").filter((text) => text.startsWith("v1,"))
    .map((text) => Buffer.from(text.slice(3)));
  // All pairs are compared, whichever of them fits.
  const fits = given.flatMap((left) => expected.map((right) => same(left, right)));
  if (!fits.includes(true)) throw new WebhookRefused("no signature fits");
  return body;
}

// Takes the same time wherever the texts differ, so that nobody can feel his way to the right one.
// Their length is no secret.
function same(left, right) {
  return left.length === right.length && timingSafeEqual(left, right);
}

function sign(secret, signed) {
  if (!secret.startsWith("whsec_")) throw new TypeError("a secret has the form whsec_<base64>");
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return Buffer.from(createHmac("sha256", key).update(signed).digest("base64"));
}

function main([id, timestamp, signature]) {
  const headers = {
    "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature,
  };
  try {
    verify(readFileSync(0), headers, process.env.WEBHOOK_SECRET.split(" "));
    console.log("genuine");
  } catch (error) {
    if (!(error instanceof WebhookRefused)) throw error;
    console.error(`refused: ${error.message}`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
