import { createDeploymentStream, SELF } from '../../application/deployment/deployment.ts';
import { orderStreamId } from '../../application/log/eventStreams.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { GatewayLedger, LedgerPayment } from '../../application/ports/gatewayLedger.ts';
import type { Services } from '../tokens.ts';
import { note, problem, type DoctorFinding } from './finding.ts';

export const DEPLOYMENT_USES = {
  services: ['store', 'ids', 'clock', 'gateway', 'gatewayLedger'],
} as const;

type DeploymentServices = Pick<Services, (typeof DEPLOYMENT_USES.services)[number]>;

/**
 * Says which deployment the log is of, and on which account of the gateway it moves money. If the
 * table or the gateway cannot be asked at all, another check says so.
 */
export const examineDeployment = async ({
  gateway,
  gatewayLedger,
  ...log
}: DeploymentServices): Promise<readonly DoctorFinding[]> => {
  const known = await createDeploymentStream(log).load(SELF);
  if (known.isErr()) {
    const { error } = known;
    return error.type === 'CorruptStream'
      ? [problem('deployment', `cannot be read: ${error.why}`, UNREADABLE)]
      : [];
  }
  const { identified, account: bound, restoredAt } = known.value.state;
  if (identified === undefined) {
    return [problem('deployment', 'has no id yet', 'Run `paidonce setup`.')];
  }
  const named = note('deployment', `has the id ${identified.id}`);
  if (bound === undefined) {
    return [named, note('gateway account', 'is none yet: the first worker binds that of its key')];
  }
  const [account, mode] = [bound.replace(/:\w+$/, ''), bound.replace(/^.*:/, '')];
  const moved = note('gateway account', `is ${account}, on which money is moved`);
  const how = note('gateway mode', `is ${mode}`);
  const own = await gateway.identify();
  const ofAccount =
    own.isOk() && own.value === bound
      ? await findLostOrders({ gatewayLedger, store: log.store }, { id: identified.id, restoredAt })
      : ofOtherAccount(own.unwrapOr(bound), bound);
  return [named, moved, how, ...ofAccount];
};

const UNREADABLE = 'Nothing is charged before a person has looked at the stream deployment#self.';

/** A request that was made on another account is neither sent nor found on this one. */
const ofOtherAccount = (account: string, bound: string): readonly DoctorFinding[] => {
  if (account === bound) return [];
  const remedy =
    'Give it the key of that account, or change the account by `paidonce gateway-account bind`.';
  return [problem('setting STRIPE_SECRET_KEY', `is a key of ${account}, not of ${bound}`, remedy)];
};

/** The number of the newest payments of the account that are looked at, as many as a page has. */
const PAYMENTS_MAX = 10;

/**
 * A request for payment is in the log before it is sent, so that a payment of this deployment whose
 * order has no stream says that the log has lost its newest events, at any moment and however many
 * workers run. Looks at the newest payments alone; an audit looks at all of them.
 */
export const findLostOrders = async (
  {
    gatewayLedger,
    store,
  }: { readonly gatewayLedger: GatewayLedger; readonly store: Pick<EventStore, 'head'> },
  { id, restoredAt }: { readonly id: string; readonly restoredAt?: number | undefined },
): Promise<readonly DoctorFinding[]> => {
  const stop = new AbortController();
  for await (const page of gatewayLedger.list({ signal: stop.signal })) {
    stop.abort();
    if (page.isErr()) return [note('gateway payments', `cannot be listed: ${page.error.cause}`)];
    const own = page.value
      .filter((entry): entry is LedgerPayment => entry.kind === 'payment')
      .filter(({ deployment }) => deployment === id)
      .slice(0, PAYMENTS_MAX);
    for (const { orderId = '', reference, at } of own) {
      const head = await store.head(orderStreamId(orderId));
      if (head.isErr() || head.value !== undefined) continue;
      const lacks = `lacks order ${orderId}, which the gateway has as ${reference}`;
      return restoredAt !== undefined && at <= restoredAt
        ? [note('log', `${lacks}: have it sent again`)]
        : [problem('log', lacks, RESTORED)];
    }
    break;
  }
  return [];
};

const RESTORED =
  'It was restored, or is another one: start no worker before docs/operations.md, “Restore the ' +
  'events”.';
