import { createStripeClient, gatewayMode } from '../../adapters/stripe/client.ts';
import { createStripePaymentGateway } from '../../adapters/stripe/paymentGateway.ts';
import { createDeploymentStream, SELF } from '../../application/deployment/deployment.ts';
import type { Config } from '../config.ts';
import { createContainer } from '../container.ts';
import { awsEventLog, RESTORE_SETTINGS } from '../modules/aws.ts';
import { note, problem, type DoctorFinding } from './finding.ts';

export const DEPLOYMENT_NEEDS = [
  ...RESTORE_SETTINGS,
  'STRIPE_SECRET_KEY',
  'STRIPE_API_URL',
  'GATEWAY_TIMEOUT_MS',
] as const;

type DeploymentConfig = Config<(typeof DEPLOYMENT_NEEDS)[number]>;

/**
 * Which deployment the log is of, and on which account of the gateway it moves money. Where table or gateway cannot
 * be asked at all, another check says so.
 */
export const lookAtDeployment = async (
  config: DeploymentConfig,
): Promise<readonly DoctorFinding[]> => {
  const { get } = createContainer({}, awsEventLog(config));
  const log = { store: get('store'), ids: get('ids'), clock: get('clock') };
  const known = await createDeploymentStream(log).load(SELF);
  if (known.isErr()) {
    const { error } = known;
    return error.type === 'CorruptStream'
      ? [problem('deployment', `cannot be read: ${error.why}`, UNREADABLE)]
      : [];
  }
  const { identified, account: bound } = known.value.state;
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
  return [named, moved, how, ...(await ofOtherAccount(config, bound))];
};

const UNREADABLE = 'Nothing is charged before a person has looked at the stream deployment#self.';

/** What is asked of another account is neither sent there nor found there. */
const ofOtherAccount = async (
  config: DeploymentConfig,
  bound: string,
): Promise<readonly DoctorFinding[]> => {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = config;
  const timeoutMs = config.GATEWAY_TIMEOUT_MS;
  const stripe = createStripeClient({ secretKey, timeoutMs, ...(apiUrl && { apiUrl }) });
  const own = await createStripePaymentGateway(stripe, gatewayMode(secretKey)).identify();
  const account = own.unwrapOr(bound);
  if (account === bound) return [];
  const remedy =
    'Give it the key of that account, or change the account by `paidonce gateway-account bind`.';
  return [problem('setting STRIPE_SECRET_KEY', `is a key of ${account}, not of ${bound}`, remedy)];
};
