import inboxServer from 'aws-ses-v2-local';
import { getStoreReadonly, type Email } from 'aws-ses-v2-local/dist/store.js';
import { fastify, type FastifyRequest } from 'fastify';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Mail } from '../../application/ports/notifier.ts';
import { DEDUPE_HEADER } from '../mail.ts';
import { guardServer } from './guard.ts';
import { openJournal } from './journal.ts';
import { LOOPBACK, type EmbeddedServer, type EmbeddedServerOptions } from './server.ts';

/** The inbox shows the newest mails; the journal on disk keeps all of them. */
const MAILS_MAX = 20_000;
/** What is attached to them takes the most: 20,000 invoices would fill the memory. */
const ATTACHED_CHARACTERS_MAX = 128 * 1_048_576;
/** The limit of aws-ses-v2-local. */
const BODY_BYTES_MAX = 25 * 1_048_576;
const FORWARD_TIMEOUT_MS = 5_000;
const SENT_HEADERS = ['content-type', 'authorization', 'x-amz-date'];

type InboxOptions = EmbeddedServerOptions & {
  /** The maximum size of all attachments that the inbox shows, in characters of base64. */
  readonly attachedCharactersMax?: number;
};

/**
 * SES v2 with an inbox for the browser: aws-ses-v2-local, behind a front that writes each mail to a
 * file before it is acknowledged, since that server only keeps mails in memory.
 */
export const startEmbeddedSes = async (options: InboxOptions): Promise<EmbeddedServer> => {
  const mailbox = openMailbox(join(options.dataDir, 'mails.jsonl'), {
    attachedCharactersMax: ATTACHED_CHARACTERS_MAX,
    ...options,
  });
  const inbox = await inboxServer.default({ host: LOOPBACK, port: 0 });
  // Express also calls its listener for a server that failed to listen.
  if (!inbox.listening) throw new Error('aws-ses-v2-local could not listen');
  const inboxUrl = `http://${LOOPBACK}:${(inbox.address() as AddressInfo).port}`;

  guardServer(inbox);

  const server = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  guardServer(server.server, { hasPage: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });

  // All other SES operations would be accepted but not kept; they are not found here.
  server.post('/v2/email/outbound-emails', async (request, reply) => {
    const { status, body, contentType } = await forward(inboxUrl, request);
    if (status === 200) mailbox.keep(body);
    // aws-ses-v2-local leaves out the header by which the SDK recognizes the error.
    if (status === 400) void reply.header('x-amzn-errortype', 'BadRequestException');
    return reply.code(status).type(contentType).send(body);
  });
  server.get('/*', async (request, reply) => {
    const { status, body, contentType } = await forward(inboxUrl, request);
    return reply.code(status).type(contentType).send(body);
  });
  server.get<{ Querystring: { since?: string } }>('/store', (request, reply) => {
    const since = Number(request.query.since ?? 0);
    return reply.send({ templates: {}, emails: mailbox.mails().filter(({ at }) => at >= since) });
  });
  server.post('/clear-store', (_request, reply) => {
    mailbox.clear();
    return reply.send({ message: 'Store cleared' });
  });

  const close = async () => {
    await server.close();
    inbox.closeAllConnections();
    await new Promise((resolve) => {
      inbox.close(resolve);
    });
  };
  try {
    return { url: await server.listen({ host: LOOPBACK, port: options.port }), close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The mails in the sandbox at this address, the oldest first. */
export const readMailbox = async (url: string): Promise<readonly Mail[]> => {
  const answer = await fetch(new URL('/store', url));
  const { emails } = (await answer.json()) as { readonly emails: readonly Email[] };
  return emails.map(({ destination, subject, body, headers = [], attachments }) => ({
    to: destination.to.join(', '),
    subject,
    text: body.text ?? '',
    html: body.html ?? '',
    dedupeKey: headers.find(({ name }) => name === DEDUPE_HEADER)?.value ?? '',
    ...(attachments.length === 0 ? {} : { files: attachments.map(fileOf) }),
  }));
};

const fileOf = ({ filename = '', contentType, content }: Email['attachments'][number]) => ({
  name: filename,
  mediaType: contentType,
  bytes: new Uint8Array(Buffer.from(content, 'base64')),
});

const forward = async (inboxUrl: string, request: FastifyRequest) => {
  const headers = new Headers();
  for (const name of SENT_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const answer = await fetch(new URL(request.url, inboxUrl), {
    method: request.method,
    headers,
    body: request.body instanceof Buffer ? new Uint8Array(request.body) : null,
    signal: AbortSignal.timeout(FORWARD_TIMEOUT_MS),
  });
  return {
    status: answer.status,
    body: Buffer.from(await answer.arrayBuffer()),
    contentType: answer.headers.get('content-type') ?? 'application/json',
  };
};

type JournalEntry = { readonly mail: Email } | { readonly cleared: true };

const openMailbox = (
  path: string,
  { attachedCharactersMax }: Required<Pick<InboxOptions, 'attachedCharactersMax'>>,
) => {
  const journal = openJournal(path);
  let mails: Email[] = [];
  // The page gets a mail's source from aws-ses-v2-local, which builds it from its own memory.
  const held = getStoreReadonly().emails;
  let attached = 0;
  const add = (mail: Email) => {
    mails.push(mail);
    attached += attachedCharacters(mail);
    while (mails.length > MAILS_MAX || attached > attachedCharactersMax) {
      const oldest = mails.shift();
      if (oldest === undefined) break;
      attached -= attachedCharacters(oldest);
      const at = held.indexOf(oldest);
      if (at >= 0) held.splice(at, 1);
    }
  };
  const forget = () => {
    mails = [];
    attached = 0;
  };
  for (const entry of journal.entries()) {
    const known = entry as JournalEntry;
    if ('mail' in known) add(known.mail);
    else forget();
  }
  held.push(...mails);

  return {
    mails: (): readonly Email[] => mails,
    clear: () => {
      journal.append({ cleared: true } satisfies JournalEntry);
      forget();
    },
    /** Keeps the mail that this answer to SendEmail names. */
    keep: (answer: Buffer) => {
      const { MessageId } = JSON.parse(answer.toString()) as { readonly MessageId: string };
      const mail = held.findLast(({ messageId }) => messageId === MessageId);
      if (mail === undefined) throw new Error(`aws-ses-v2-local does not hold ${MessageId}`);
      journal.append({ mail } satisfies JournalEntry);
      add(mail);
      if (held.length > MAILS_MAX) held.shift();
    },
  };
};

const attachedCharacters = ({ attachments }: Email): number =>
  attachments.reduce((sum, { content }) => sum + content.length, 0);
