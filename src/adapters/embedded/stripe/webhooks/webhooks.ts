import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { defined } from '../../../defined.ts';
import { createRandom } from '../../../memory/ids.ts';
import { invalid } from '../errors.ts';
import { type SandboxEvent, eventObject } from '../events.ts';
import { derivedId } from '../ids.ts';
import { send } from '../replies.ts';
import {
  CALL_FAULT_NAMES,
  type CallFault,
  type WebhookSettings,
  parseWebhookSettings,
} from './settings.ts';

/** The time between two looks for new events and for calls that are due. */
const LOOK_EVERY_MS = 20;
/** Calls are spread over this time, so that events arrive in any order. */
const SPREAD_MS = 50;
const CALLS_AT_ONCE_MAX = 16;
/** Waiting calls; what exceeds them is not sent, and counted. */
const WAITING_MAX = 10_000;
/** These attempts take some four minutes with the waits between them. */
const ATTEMPTS_MAX = 12;
const RETRY_MS = 250;
const RETRY_MS_MAX = 60_000;

type WaitingCall = SandboxCall & { readonly dueMs: number; readonly attempt: number };

type WebhookCounts = Readonly<
  Record<CallFault | 'sent' | 'confirmed' | 'abandoned' | 'waiting', number>
>;

type WebhooksOptions = {
  /** The events that were not asked for before. */
  readonly newEvents: () => readonly SandboxEvent[];
  readonly closing: AbortSignal;
};

/**
 * Posts each event to one endpoint, as Stripe does: again until it is confirmed or the attempts are
 * used up, and in no order that anybody could rely on. What waits is in memory alone: after a
 * restart the list of events has it.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #underWay = new Set<Promise<void>>();
  #settings: WebhookSettings | undefined;
  #random = createRandom(0);
  #waiting: WaitingCall[] = [];
  #counts = zeroForEach();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  settings(): WebhookSettings | undefined {
    return this.#settings;
  }

  counts(): WebhookCounts {
    // Otherwise nothing would seem to wait right after something has happened.
    this.#takeIn();
    return { ...this.#counts, waiting: this.#waiting.length + this.#underWay.size };
  }

  /** Sends events to this endpoint from now on, or to none. What waits goes to the new endpoint. */
  set(settings: WebhookSettings | undefined): void {
    this.#takeIn();
    if (settings === undefined) this.#waiting = [];
    this.#settings = settings;
    this.#random = createRandom(settings?.seed ?? 0);
    this.#counts = zeroForEach();
  }

  /** Events from before there was an endpoint are sent to none. */
  #takeIn(): void {
    const events = this.#options.newEvents();
    const settings = this.#settings;
    if (settings === undefined) return;
    for (const event of events) this.#plan(event, settings);
  }

  /** Sends what is due until the sandbox is closing. */
  async run(): Promise<void> {
    const { closing } = this.#options;
    while (!closing.aborted) {
      this.#takeIn();
      if (this.#settings !== undefined) this.#sendDue(this.#settings);
      await sleep(LOOK_EVERY_MS, undefined, { signal: closing }).catch(() => undefined);
    }
    await Promise.all(this.#underWay);
  }

  /** Each share is drawn for each event, so that one of them changes no other. */
  #plan(event: SandboxEvent, { percent, lateMs }: WebhookSettings): void {
    const hit = new Set(
      CALL_FAULT_NAMES.filter((name) => this.#random() * 100 < (percent[name] ?? 0)),
    );
    const spread = [0, 0, 0].map(() => this.#random() * SPREAD_MS);
    const [first = 0, second = 0, third = 0] = spread;
    // What is lost can be neither late nor doubled.
    for (const name of hit.has('lost') ? (['late', 'doubled'] as const) : []) hit.delete(name);
    for (const name of hit) this.#counts[name] += 1;
    const delayMs = hit.has('late') ? lateMs : 0;
    if (!hit.has('lost')) this.#wait({ event, isForged: false }, delayMs + first);
    if (hit.has('doubled')) this.#wait({ event, isForged: false }, delayMs + second);
    if (hit.has('forged')) this.#wait({ event, isForged: true }, third);
  }

  #wait(call: SandboxCall, delayMs: number, attempt = 1): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#counts.abandoned += 1;
      return;
    }
    this.#waiting.push({ ...call, attempt, dueMs: Date.now() + delayMs });
  }

  #sendDue(settings: WebhookSettings): void {
    const nowMs = Date.now();
    const due = this.#waiting
      .filter(({ dueMs }) => dueMs <= nowMs)
      .toSorted((one, other) => one.dueMs - other.dueMs)
      .slice(0, CALLS_AT_ONCE_MAX - this.#underWay.size);
    if (due.length === 0) return;
    const sent = new Set(due);
    this.#waiting = this.#waiting.filter((call) => !sent.has(call));
    for (const call of due) {
      const sending = this.#send(call, settings).finally(() => this.#underWay.delete(sending));
      this.#underWay.add(sending);
    }
  }

  async #send(call: WaitingCall, settings: WebhookSettings): Promise<void> {
    const { event, isForged, attempt } = call;
    this.#counts.sent += 1;
    const isConfirmed = await sendCall(call, settings, this.#options.closing);
    if (isConfirmed) {
      this.#counts.confirmed += 1;
      return;
    }
    // Whoever forges does not come again, and nobody waits once the webhook is removed.
    if (isForged || this.#settings === undefined) return;
    if (attempt >= ATTEMPTS_MAX) {
      this.#counts.abandoned += 1;
      return;
    }
    const delayMs = Math.min(RETRY_MS * 2 ** (attempt - 1), RETRY_MS_MAX);
    this.#wait({ event, isForged }, delayMs, attempt + 1);
  }
}

const zeroForEach = () => ({
  lost: 0,
  doubled: 0,
  late: 0,
  forged: 0,
  sent: 0,
  confirmed: 0,
  abandoned: 0,
});

/** One event on its way. */
type SandboxCall = { readonly event: SandboxEvent; readonly isForged: boolean };

type Endpoint = { readonly url: string; readonly secret: string };

const ANSWER_MS_MAX = 10_000;
/** Anybody can sign by a secret of their own. */
const FORGERS_SECRET = 'whsec_of_somebody_who_forges';

/** True if the endpoint has confirmed the event: by any status of 2xx, as at Stripe. */
const sendCall = async (
  { event, isForged }: SandboxCall,
  { url, secret }: Endpoint,
  closing: AbortSignal,
): Promise<boolean> => {
  const id = isForged ? derivedId('evt', event.id, 'forged') : event.id;
  const body = JSON.stringify(eventObject({ ...event, id }, { pendingWebhooks: 1 }), null, 2);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureOf(body, isForged ? FORGERS_SECRET : secret),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body,
      // For Stripe a redirection is a failure.
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Nobody answers: it is sent again.
    return false;
  }
};

/** https://docs.stripe.com/webhooks#verify-manually; the time is that of this call. */
const signatureOf = (body: string, secret: string): string => {
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return `t=${t},v1=${v1}`;
};

/** The one endpoint that all events are sent to. Its secret is not shown again. */
export const addWebhookControls = (scope: FastifyInstance, webhooks: Webhooks): void => {
  const answer = (): object => {
    const { percent = {}, url = null, lateMs, seed } = webhooks.settings() ?? {};
    const all = Object.fromEntries(CALL_FAULT_NAMES.map((name) => [name, percent[name] ?? 0]));
    const settings = { url, percent: all, ...defined({ lateMs, seed }) };
    return { object: 'sandbox_webhooks', ...settings, counts: webhooks.counts() };
  };
  scope.get('/sandbox/webhooks', answer);
  scope.put('/sandbox/webhooks', (request, reply) => {
    const chosen = parseWebhookSettings(request.body);
    if (chosen.isErr()) return send(reply, invalid(chosen.error));
    webhooks.set(chosen.value);
    return reply.send(answer());
  });
  scope.delete('/sandbox/webhooks', (_request, reply) => {
    webhooks.set(undefined);
    return reply.send(answer());
  });
};
