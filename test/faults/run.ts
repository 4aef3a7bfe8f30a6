import { openEmbedded, type EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import {
  cardsIn,
  outcomeOf,
  paysNothing,
  reconcile,
  splitLedger,
  type Ledger,
  type Reconciliation,
} from './books.ts';
import { createDeployment, fail, type Deployment } from './deployment.ts';
import { adoptRefunds, resolveReviews } from './operator.ts';
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
};

/** What was left to people. */
type Asked = {
  readonly reviewed: Readonly<Record<string, number>>;
  /**
   * Refunds that were made in the gateway's dashboard, and the orders that a person had to have
   * compared.
   */
  readonly byHand: { readonly made: number; readonly asked: number };
  readonly faults: readonly string[];
};

/** How one deployment came through. */
type Passed = Reconciliation &
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
  readonly shown: unknown;
  readonly deployments: Readonly<Record<string, Omit<Passed, 'faults'>>>;
  readonly faults: readonly string[];
};

/** Two on one account of the gateway, whose orders have the same ids. */
const PREFIXES = ['first', 'second'] as const;
const STORM_MS_EACH = 180;
const RESOLVED_BY_CLI = 5;
const REVIEW_ROUNDS_MAX = 5;
const STORM_ENDS_WITHIN_MS = 30 * 60_000;
const ENDS_WITHIN_MS = 10 * 60_000;

type Storming = { readonly deployment: Deployment; readonly plan: Plan };

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
  const sandbox = sandboxOf(embedded);
  const say = (text: string): void =>
    void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1_000)} s  ${text}\n`);
  const all: Storming[] = [];
  try {
    const { random } = options;
    const orders = Math.ceil(options.orders / PREFIXES.length);
    for (const prefix of PREFIXES) {
      const deployment = await createDeployment(embedded, { prefix, random });
      const sold = await checkOut({ orders, random, sandbox });
      const plan = planOf({ orders: sold, stormMs: orders * STORM_MS_EACH, random });
      all.push({ deployment, plan });
      say(`${prefix}: ${deployment.id}, ${orders} orders, ${plan.sendings.length} messages`);
    }
    await sandbox.setFaults(options);
    await storm(all, { sandbox, random, say });
    const shown = await sandbox.shown();
    await sandbox.clearFaults();
    say('the storm is over; people resolve what is in review, and adopt refunds');
    const asked: Asked[] = [];
    for (const one of all) asked.push(await askPeople(one, { sandbox, all, say }));
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
    return { seconds, shown, deployments, faults };
  } finally {
    await Promise.all(all.map(({ deployment }) => deployment.workers.end()));
    await embedded.close();
    await folder.remove();
  }
};

const sandboxOf = ({ addresses }: EmbeddedStack): Sandbox => createSandbox(addresses.stripe);

const ledgersOf = async (sandbox: Sandbox, all: readonly Storming[]) => {
  const ids = all.map(({ deployment }) => deployment.id);
  const named = all.flatMap(({ deployment, plan }) =>
    plan.orders.map((order) => [namedBy(order) ?? '', deployment.id] as const),
  );
  return splitLedger(await sandbox.ledger(), ids, new Map(named));
};

type Say = (text: string) => void;

/** Faults, deaths and refunds go on until the last payment that can end by itself has ended. */
const storm = async (
  all: readonly Storming[],
  {
    sandbox,
    random,
    say,
  }: { readonly sandbox: Sandbox; readonly random: () => number; readonly say: Say },
): Promise<void> => {
  await Promise.all(all.map(({ deployment }) => deployment.workers.start()));
  const over = new AbortController();
  const going = [
    sandbox.giveSomeBack(random, over.signal),
    ...all.map(({ deployment }) => deployment.workers.strike(over.signal)),
  ];
  await Promise.all(all.map(({ deployment, plan }) => deployment.send(plan)));
  say('everything is sent; waiting until nothing is on its way');
  await untilEmpty(all, STORM_ENDS_WITHIN_MS, say);
  over.abort();
  await Promise.all(going);
};

const untilEmpty = async (
  all: readonly Pick<Storming, 'deployment'>[],
  withinMs: number,
  say: Say,
): Promise<void> => {
  const emptied = all.map(({ deployment }) => deployment.untilEmpty(withinMs));
  for (const one of await Promise.allSettled(emptied)) {
    if (one.status === 'rejected') say(String(one.reason));
  }
};

/** People do what is left to them; then the workers are stopped. */
const askPeople = async (
  { deployment, plan }: Storming,
  {
    sandbox,
    all,
    say,
  }: { readonly sandbox: Sandbox; readonly all: readonly Storming[]; readonly say: Say },
): Promise<Asked> => {
  const { cli, workers, prefix, id } = deployment;
  const ledgerNow = async (): Promise<Ledger> =>
    (await ledgersOf(sandbox, all)).of.get(id) ?? fail(`no ledger of ${id}`);
  const quiet = () => untilEmpty([{ deployment }], ENDS_WITHIN_MS, say);

  const reviewed: Record<string, number> = {};
  let unresolved: readonly string[] = [];
  // A worker that was late puts an order into review when people have read the list, so they read
  // it again.
  for (let round = 1; round <= REVIEW_ROUNDS_MAX; round += 1) {
    const { reasons, failed } = await resolveReviews(deployment.config, {
      sandbox,
      ledger: await ledgerNow(),
      named: new Map(plan.orders.map((order) => [order.orderId, namedBy(order)])),
      throughCli: RESOLVED_BY_CLI,
      cli,
    });
    say(`${prefix}: resolved ${JSON.stringify(reasons)}, not resolved: ${failed.length}`);
    for (const [kind, count] of Object.entries(reasons)) {
      reviewed[kind] = (reviewed[kind] ?? 0) + count;
    }
    unresolved = failed;
    if (Object.keys(reasons).length === 0) break;
    await quiet();
  }
  const { failed, ...byHand } = await adoptRefunds(
    cli,
    await deployment.ended(plan),
    await ledgerNow(),
  );
  say(`${prefix}: ${byHand.made} refunds by hand, ${byHand.asked} orders to be compared`);
  await quiet();
  // Whatever only lacks its push: the reconciler finds it, and workers finish it.
  await cli(['reconcile', '--json', '--from-start']);
  await quiet();
  const drained = await workers.stop();
  return {
    reviewed,
    byHand,
    faults: [
      ...workers.faults(),
      ...unresolved.map((why) => `not resolved: ${why}`),
      ...failed.map((why) => `not compared: ${why}`),
      ...(drained ? [] : ['a worker did not drain']),
    ],
  };
};

const compare = async (
  { deployment, plan }: Storming,
  ledgers: ReadonlyMap<string, Ledger>,
  sandbox: Sandbox,
): Promise<Omit<Passed, keyof Asked> & { readonly faults: readonly string[] }> => {
  const { id, workers } = deployment;
  const own = ledgers.get(id) ?? fail(`no ledger of ${id}`);
  const others = [...ledgers].flatMap(([of, { charges, refunds }]) =>
    of === id ? [] : [...charges, ...refunds].filter(({ status }) => status === 'succeeded'),
  );
  const ended = await deployment.ended(plan);
  const audited = await audit(deployment, others.length + paysNothing(ended, own));
  const compared = reconcile(ended, own);
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
const audit = async ({ cli }: Deployment, ofOthers: number): Promise<readonly string[]> => {
  const { code, stdout } = await cli(['audit', '--gateway', '--queues', '--json', '--grace', '0s']);
  const lines = stdout.trim().split('\n');
  const findings = lines.slice(0, -1).map((finding) => `audit: ${finding}`);
  const { gateway } = JSON.parse(lines.at(-1) || '{}') as { gateway?: { foreign?: number } };
  const foreign = gateway?.foreign ?? Number.NaN;
  return [
    ...findings,
    ...(code === 0 || findings.length > 0 ? [] : [`audit: exit code ${code}`]),
    ...(foreign === ofOthers ? [] : [`audit: ${foreign} of others, and there are ${ofOthers}`]),
  ];
};
