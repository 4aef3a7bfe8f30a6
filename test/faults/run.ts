import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../src/bootstrap/embedded.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import {
  cardsIn,
  outcomeOf,
  paysNothing,
  compareLedgers,
  splitLedger,
  type Ledger,
  type LedgerComparison,
} from './ledgers.ts';
import { createDeployment, fail, WEBHOOK_SECRET, type Deployment } from './deployment.ts';
import { openEndpoint } from './endpoint.ts';
import { adoptRefunds, clearDisputes, paidOtherwise, resolveReviews } from './operator.ts';
import { timesOf, timingOf, type Timing } from './timing.ts';
import { createOutsideMoves } from './outsideMoves.ts';
import type * as Order from '../../src/domain/order/index.ts';
import { paymentKey, voidKey } from '../../src/domain/order/requests.ts';
import { checkOut, namedBy, UNKNOWN_CARD } from './checkout.ts';
import { planOf, type Plan } from './plan.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

export type FaultsOptions = {
  /** Of all deployments together. */
  readonly orders: number;
  /** Of the requests that a fault is for. */
  readonly percent: number;
  readonly seed: number;
  readonly random: () => number;
  /** Whether anything is heard of the gateway's events before people begin. */
  readonly withEvents: boolean;
};

/** What was left to people. */
type Asked = {
  readonly reviewed: Readonly<Record<string, number>>;
  /**
   * Refunds that were made in the gateway's dashboard, and the orders that a person had to have
   * compared.
   */
  readonly byHand: { readonly made: number; readonly asked: number };
  /** Disputes of the other deployment's payments, and those that came before their order. */
  readonly disputeDeadLetters: { readonly discarded: number; readonly redriven: number };
  readonly faults: readonly string[];
};

/** How one deployment came through. */
type Passed = LedgerComparison &
  Asked & {
    readonly messages: number;
    readonly workers: ReturnType<Deployment['workers']['struck']>;
    /** How the orders ended whose payment method the gateway does not know. */
    readonly unknownCards: Readonly<Record<string, number>>;
    readonly deadLetters: number;
    /** Payments and refunds of the other deployment, which the audit sees and leaves alone. */
    readonly ofOthers: number;
  };

export type FaultsReport = {
  readonly seconds: number;
  readonly stormSeconds: number;
  readonly shown: unknown;
  /** What the gateway's own people and the banks did, and what became of the calls about it. */
  readonly world: unknown;
  readonly calls: unknown;
  readonly timing: Timing;
  readonly deployments: Readonly<Record<string, Omit<Passed, 'faults'>>>;
  readonly faults: readonly string[];
};

/** Two on one account of the gateway, whose orders have the same ids. */
const PREFIXES = ['first', 'second'] as const;
const STORM_MS_EACH = 180;
const RESOLVED_BY_CLI = 5;
const ROUNDS_MAX = 8;
/** The reconciler reads no event that is younger than a minute, and clocks differ. */
const LISTED_AFTER_MS = 65_000;
const STORM_ENDS_WITHIN_MS = 30 * 60_000;
const ENDS_WITHIN_MS = 10 * 60_000;

type Storming = { readonly deployment: Deployment; readonly plan: Plan };

type Say = (text: string) => void;

type Surroundings = {
  readonly all: readonly Storming[];
  readonly sandbox: Sandbox;
  readonly outside: ReturnType<typeof createOutsideMoves>;
  readonly say: Say;
};

/**
 * Two deployments pay orders through a gateway that lies at every turn. Their workers are killed
 * and come back with other settings and clocks, money is refunded in the gateway's dashboard, and
 * the records are compared at the end.
 */
export const runFaults = async (options: FaultsOptions): Promise<FaultsReport> => {
  const startedAt = Date.now();
  const folder = await makeTemporaryFolder();
  const embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path })).match(
    (open) => open,
    (why) => fail(why),
  );
  const sandbox = createSandbox(embedded.addresses.stripe);
  const { random, withEvents } = options;
  const outside = createOutsideMoves(sandbox, random);
  let endpoint: Awaited<ReturnType<typeof openEndpoint>> | undefined;
  const say = (text: string): void =>
    void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s  ${text}\n`);
  const all: Storming[] = [];
  try {
    const orders = Math.ceil(options.orders / PREFIXES.length);
    for (const prefix of PREFIXES) {
      const deployment = await createDeployment(embedded, { prefix, random, withEvents });
      const sold = await checkOut({ orders, random, sandbox });
      const plan = planOf({ orders: sold, stormMs: orders * STORM_MS_EACH, random });
      all.push({ deployment, plan });
      say(`${prefix}: ${deployment.id}, ${orders} orders, ${plan.sendings.length} messages`);
    }
    if (withEvents) {
      endpoint = await openEndpoint(all.map(({ deployment }) => deployment.webhookPort));
      const { seed } = options;
      await sandbox.setWebhooks({ url: endpoint.url, secret: WEBHOOK_SECRET, seed });
    }
    const around: Surroundings = { all, sandbox, outside, say };
    await sandbox.setFaults(options);
    const sentAt = await storm(around);
    const stormSeconds = Math.round((Date.now() - startedAt) / 1_000);
    const shown = await sandbox.shown();
    await sandbox.clearFaults();
    const times = [];
    for (const [at, { deployment, plan }] of all.entries()) {
      const histories = await deployment.histories(plan);
      times.push(timesOf(histories, sentAt[at] ?? new Map(), deployment.doubts));
    }
    const timing = timingOf(times);
    say(`the storm is over: ${JSON.stringify(timing)}`);
    const asked = await askPeople(around);
    // Only now, when nobody moves money any more, can each count what is of the other.
    const ledgers = await ledgersOf(sandbox, all);
    const faults = ledgers.strangers.map(({ id }) => `${id} is a charge of no deployment`);
    const deployments: Record<string, Omit<Passed, 'faults'>> = {};
    for (const [at, one] of all.entries()) {
      const { prefix } = one.deployment;
      const { faults: own, ...passed } = await compare(one, ledgers.of, sandbox);
      const { faults: before, ...done } = asked[at] ?? fail('nobody was asked');
      deployments[prefix] = { ...passed, ...done };
      faults.push(...[...before, ...own].map((fault) => `${prefix}: ${fault}`));
    }
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const calls = withEvents ? (await sandbox.calls()).counts : 'none';
    const went = { seconds, stormSeconds, shown, world: outside.done(), calls, timing };
    return { ...went, deployments, faults };
  } finally {
    await endpoint?.close();
    await Promise.all(all.map(({ deployment }) => deployment.workers.end()));
    await embedded.close();
    await folder.remove();
  }
};

const ledgersOf = async (sandbox: Sandbox, all: readonly Storming[]) => {
  const ids = all.map(({ deployment }) => deployment.id);
  const named = all.flatMap(({ deployment, plan }) =>
    plan.orders.map((order) => [namedBy(order) ?? '', deployment.id] as const),
  );
  return splitLedger(await sandbox.ledger(), ids, new Map(named));
};

/** Faults, deaths and refunds go on until the last payment that can end by itself has ended. */
const storm = async (around: Surroundings): Promise<readonly ReadonlyMap<string, number>[]> => {
  const { all, outside, say } = around;
  await Promise.all(all.map(({ deployment }) => deployment.workers.start()));
  const over = new AbortController();
  const going = [
    outside.goOn(over.signal),
    ...all.map(({ deployment }) => deployment.workers.strike(over.signal)),
  ];
  const sentAt = await Promise.all(all.map(({ deployment, plan }) => deployment.send(plan)));
  say('everything is sent; waiting until nothing is on its way');
  await untilQuiet(around, STORM_ENDS_WITHIN_MS);
  over.abort();
  await Promise.all(going);
  return sentAt;
};

/** Until no message is on its way, and no call of the gateway. */
const untilQuiet = async (
  { all, sandbox, say }: Surroundings,
  withinMs = ENDS_WITHIN_MS,
): Promise<void> => {
  const endsAt = Date.now() + withinMs;
  let waiting = 0;
  do {
    const leftMs = Math.max(0, endsAt - Date.now());
    const emptied = all.map(({ deployment }) => deployment.untilEmpty(leftMs));
    for (const one of await Promise.allSettled(emptied)) {
      if (one.status === 'rejected') say(String(one.reason));
    }
    waiting = await callsWaiting(sandbox);
  } while (waiting > 0 && Date.now() < endsAt);
  if (waiting > 0) say(`not within ${withinMs} ms: ${waiting} calls of the gateway are left`);
};

const CALLS_EVERY_MS = 1_000;

/** Before the queues are looked at again, so that what a call has brought is seen there. */
const callsWaiting = async (sandbox: Sandbox): Promise<number> => {
  const { waiting = 0 } = (await sandbox.calls()).counts ?? {};
  if (waiting > 0) await sleep(CALLS_EVERY_MS);
  return waiting;
};

/**
 * People do what is left to them, round by round, until nothing is: what they do at the gateway
 * makes events too, and a refund may come back. Then the workers are stopped.
 */
const askPeople = async (around: Surroundings): Promise<readonly Asked[]> => {
  const { all, outside, say } = around;
  const asked = all.map(() => nothingAsked());
  let left: readonly string[] = [];
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const isAnyOpen = await outside.closeAll();
    await untilQuiet(around);
    // Whatever has lost its event or its push: the reconciler finds it, and workers finish it.
    await sleep(LISTED_AFTER_MS);
    for (const { deployment } of all) await deployment.cli(['reconcile', '--json', '--from-start']);
    await untilQuiet(around);
    left = [];
    for (const [at, one] of all.entries()) {
      const { did, failed } = await askPerson(one, around, asked[at] ?? fail('nobody to ask'));
      say(`round ${round}, ${one.deployment.prefix}: ${did}, failed: ${failed.length}`);
      left = [...left, ...(did === NOTHING ? [] : [did]), ...failed];
    }
    await untilQuiet(around);
    if (left.length === 0 && !isAnyOpen) break;
  }
  return Promise.all(
    all.map(async ({ deployment: { workers } }, at) => ({
      ...(asked[at] ?? fail('nobody was asked')),
      faults: [
        ...workers.faults(),
        ...(at === 0 ? left.map((why) => `not resolved: ${why}`) : []),
        ...((await workers.stop()) ? [] : ['a worker did not drain']),
      ],
    })),
  );
};

type AskedCounts = {
  -readonly [K in keyof Omit<Asked, 'faults'>]: Record<string, number> & Asked[K];
};

const nothingAsked = (): AskedCounts => ({
  reviewed: {},
  byHand: { made: 0, asked: 0 },
  disputeDeadLetters: { discarded: 0, redriven: 0 },
});

const NOTHING = '{}';

/** What one person did in one round, in words, and what did not succeed. */
const askPerson = async (
  { deployment, plan }: Storming,
  around: Surroundings,
  counts: AskedCounts,
): Promise<{ readonly did: string; readonly failed: readonly string[] }> => {
  const { all, sandbox } = around;
  const { cli, config, id } = deployment;
  const ledgerNow = async (): Promise<Ledger> =>
    (await ledgersOf(sandbox, all)).of.get(id) ?? fail(`no ledger of ${id}`);
  const deadLetters = await clearDisputes(cli, await ledgerNow());
  const resolved = await resolveReviews(config, {
    sandbox,
    ledger: await ledgerNow(),
    named: new Map(plan.orders.map((order) => [order.orderId, namedBy(order)])),
    throughCli: RESOLVED_BY_CLI,
    cli,
  });
  const adopting = { cli, config, throughCli: RESOLVED_BY_CLI };
  const adopted = await adoptRefunds(adopting, await deployment.ended(plan), await ledgerNow());
  for (const [kind, count] of Object.entries(resolved.reasons)) {
    counts.reviewed[kind] = (counts.reviewed[kind] ?? 0) + count;
  }
  const asked = counts.byHand.asked + adopted.asked;
  counts.byHand = { made: adopted.made, asked };
  counts.disputeDeadLetters = {
    discarded: counts.disputeDeadLetters.discarded + deadLetters.discarded,
    redriven: counts.disputeDeadLetters.redriven + deadLetters.redriven,
  };
  const did = {
    ...resolved.reasons,
    ...(adopted.asked > 0 && { adopted: adopted.asked }),
    ...((deadLetters.discarded > 0 || deadLetters.redriven > 0) && {
      disputeDeadLetters: deadLetters,
    }),
  };
  const failed = [...resolved.failed, ...adopted.failed];
  return { did: JSON.stringify(did), failed };
};

const compare = async (
  { deployment, plan }: Storming,
  ledgers: ReadonlyMap<string, Ledger>,
  sandbox: Sandbox,
): Promise<Omit<Passed, keyof Asked> & { readonly faults: readonly string[] }> => {
  const { id, workers } = deployment;
  const own = ledgers.get(id) ?? fail(`no ledger of ${id}`);
  const others = [...ledgers].flatMap(([of, { charges, refunds, disputes }]) =>
    of === id
      ? []
      : [...[...charges, ...refunds].filter(({ status }) => status === 'succeeded'), ...disputes],
  );
  const ended = await deployment.ended(plan);
  const otherwise = paidOtherwise(ended, own);
  const ofOthers = others.length + paysNothing(ended, own);
  const audited = await audit(deployment, { ofOthers, otherwise });
  const compared = compareLedgers(ended, own, otherwise);
  const standing = await stillStanding(plan, own, { sandbox, id });
  const replayDifferences = await deployment.replayDifferences();
  const replayed = replayDifferences === 0 ? [] : [`replay: ${replayDifferences} differences`];
  return {
    ...compared,
    faults: [
      ...compared.faults,
      ...cardsIn(plan.orders, own),
      ...standing,
      ...replayed,
      ...audited,
    ],
    unknownCards: unknownCards(plan, ended),
    messages: plan.sendings.length,
    workers: workers.struck(),
    deadLetters: await deployment.deadLetters(),
    ofOthers: others.length,
  };
};

/**
 * An authorisation is released when its order is given up (I19), unless the gateway answered the
 * release with a failure that it keeps for its key.
 */
const stillStanding = async (
  { orders }: Plan,
  { charges }: Ledger,
  { sandbox, id: deployment }: { readonly sandbox: Sandbox; readonly id: string },
): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const { payment_intent: payment } of charges.filter(
    ({ status }) => status === 'authorised',
  )) {
    const naming = orders.filter((order) => namedBy(order) === payment);
    const keys = naming.flatMap(({ orderId }) =>
      ATTEMPTS.map((attempt) => voidKey(paymentKey(deployment, orderId, attempt))),
    );
    const failed = await sandbox.failedToRelease(payment, keys);
    const names = naming.map(({ orderId }) => orderId).join(', ');
    if (!failed) faults.push(`${payment} of ${names} is authorised still`);
  }
  return faults;
};

const ATTEMPTS = [1, 2] as const;

const unknownCards = (
  { orders }: Plan,
  ended: ReadonlyMap<string, Order.State>,
): Readonly<Record<string, number>> => {
  const outcomes: Record<string, number> = {};
  for (const order of orders) {
    const state = ended.get(order.orderId);
    const isUnknown = 'paymentMethod' in order && order.paymentMethod === UNKNOWN_CARD;
    if (state === undefined || !isUnknown) continue;
    const outcome = outcomeOf(state);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
};

/**
 * Of everything, however young: nothing is in progress any more. What others moved is counted, and
 * no finding.
 */
/** It has to find what others moved, what nobody could refund, and nothing more. */
const audit = async (
  { cli }: Deployment,
  { ofOthers, otherwise }: { readonly ofOthers: number; readonly otherwise: ReadonlySet<string> },
): Promise<readonly string[]> => {
  const { code, stdout } = await cli(['audit', '--gateway', '--queues', '--json', '--grace', '0s']);
  const lines = stdout.trim().split('\n');
  const found = lines.slice(0, -1);
  const isExpected = (orderId: string, finding: string): boolean =>
    finding.includes(`"streamId":"order#${orderId}"`) && finding.includes('the money moved');
  const expected = [...otherwise].map((orderId) => found.find((one) => isExpected(orderId, one)));
  const findings = [
    ...found.filter((finding) => !expected.includes(finding)).map((finding) => `audit: ${finding}`),
    ...(expected.includes(undefined) ? ['audit: money that nobody could refund is not found'] : []),
  ];
  const { gateway } = JSON.parse(lines.at(-1) || '{}') as { gateway?: { foreign?: number } };
  const foreign = gateway?.foreign ?? Number.NaN;
  return [
    ...findings,
    ...(code === 0 || found.length > 0 ? [] : [`audit: exit code ${code}`]),
    ...(foreign === ofOthers ? [] : [`audit: ${foreign} of others, and there are ${ofOthers}`]),
  ];
};
