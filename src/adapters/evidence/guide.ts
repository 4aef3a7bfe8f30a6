/** The text in every export, for readers who have nothing else. */
export const GUIDE = `# Evidence bundle

What an audit of this system's log has read, found and left open. **It holds personal data:** the
ids and mail addresses of customers are in \`events.jsonl\`. Keep it as you keep those.

- \`manifest.json\`: when and how it was made; of each other file its bytes, lines and SHA-256.
  Written last: without it the bundle is not finished
- \`events.jsonl\`: the log: one commit to a line, as it is stored. One that was read twice stands
  there twice
- \`heads.jsonl\`: where each stream stood: version and hash of its last commit. A stream that was
  read again has more than one line
- \`rows.jsonl\`: the rows of the read model
- \`gateway.jsonl\`: the payment gateway's own list of payments and refunds; empty unless
  \`--gateway\` was asked for
- \`findings.jsonl\`: what the audit found, one finding to a line; empty where it found nothing
- \`report.json\`: what was checked, counts and sums

## What it proves

Each commit names the hash of the one before it, so that within a stream nothing can be edited,
removed or put in between without all hashes after it changing. \`heads.jsonl\` says where each
stream ended. **No secret is in these hashes:** whoever can write the files can compute all of them
again, drop a whole stream with its head, and write another manifest. What such a person cannot do
is keep the SHA-256 of \`manifest.json\`. That one line, kept where they cannot reach it, is what
the whole bundle stands on.

The bundle shows the log as it was read, while the system may have been working. It cannot show
that nothing was left out of the log before it was read; the gateway's list, where it is there, is
the evidence from outside.

## To verify it

    paidonce audit --offline DIR --manifest-sha256 <the line that was kept>

reads nothing but the files, and does everything that the audit did with them.

Without any of this system's software:

1. The SHA-256 of \`manifest.json\` is the one that was kept (\`sha256sum manifest.json\`).
2. The SHA-256 of each other file is the one in the manifest.
3. Each line of \`events.jsonl\` has its own hash, and each stream is one chain that begins with 64
   zeros. The hash of a commit is SHA-256, in hexadecimal, over the UTF-8 bytes of one JSON array
   without blanks between its parts, in which texts are escaped as \`JSON.stringify\` escapes them:

       ["paidonce-commit-1", previousHash, streamId, version, committedAt, commitId, idempotencyKey,
        correlationId, causationId, events]

   All are texts but \`version\` and \`committedAt\`. \`events\` is a text, which goes in as it
   stands in its line: it is itself JSON, a list of [name, version of its shape, data]. \`version\`
   numbers events, so that the next commit's is that of this one and the number of its events.

The third with Node.js alone, to be run in the folder of the bundle:

\`\`\`js
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const streams = new Map();
let wrong = 0;
const lines = (name) => createInterface({ input: createReadStream(name), crlfDelay: Infinity });
for await (const line of lines('events.jsonl')) {
  const c = JSON.parse(line);
  const place = ['paidonce-commit-1', c.previousHash, c.streamId, c.version, c.committedAt];
  const ids = [c.commitId, c.idempotencyKey, c.correlationId, c.causationId];
  const text = JSON.stringify([...place, ...ids, c.events]);
  const hash = createHash('sha256').update(text).digest('hex');
  if (hash !== c.hash) console.log(\`\${c.streamId} \${c.version}: wrong hash\`, ++wrong);
  const stream = streams.get(c.streamId) ?? new Map();
  const { previousHash } = c;
  const next = c.version + JSON.parse(c.events).length;
  streams.set(c.streamId, stream.set(c.version, { previousHash, hash, next }));
}
for (const [id, stream] of streams) {
  let [version, hash] = [1, '0'.repeat(64)];
  for (let left = stream.size; left > 0; left -= 1) {
    const commit = stream.get(version);
    if (commit?.previousHash !== hash) {
      console.log(\`\${id} \${version}: not chained\`, ++wrong);
      break;
    }
    ({ next: version, hash } = commit);
  }
}
for await (const line of lines('heads.jsonl')) {
  const { streamId, version, hash } = JSON.parse(line);
  const commits = [...(streams.get(streamId)?.values() ?? [])];
  const isThere = commits.some((commit) => commit.hash === hash && commit.next === version + 1);
  if (!isThere) console.log(\`\${streamId} \${version}: its head is not there\`, ++wrong);
}
const right = \`\${streams.size} streams: every hash, chain and head is right\`;
console.log(wrong === 0 ? right : \`\${wrong} wrong\`);
process.exitCode = wrong === 0 ? 0 : 1;
\`\`\`
`;
