import { ResultAsync } from 'neverthrow';
import type { AwsProfile } from '../../adapters/aws/profile.ts';
import {
  nameOfProxy,
  openTunnel,
  proxyFor,
  type ProxySettings,
  type ProxyTarget,
} from '../../adapters/proxy.ts';
import { hasMd5 } from '../../adapters/md5.ts';
import {
  isGiven,
  PROXY_SETTINGS,
  proxySettings,
  variableOf,
  type EmbeddedSettings,
  type Environment,
} from '../config.ts';
import { arnSettingOf, SECRET_NAMES } from '../config/secretSchemas.ts';
import { check, type DoctorCheck } from './check.ts';
import { fine, note, problem, type DoctorFinding } from './finding.ts';

/** The sources of the settings beside the environment. */
export type SettingsSource = {
  readonly embedded?: EmbeddedSettings;
  /** The profile. Its settings are in the environment already. */
  readonly profile?: AwsProfile;
};

/**
 * The checks of the region, the kind of endpoints, the way to them, what this machine can
 * calculate, and the secrets that are kept elsewhere.
 */
export const surroundingsChecks = (
  env: Environment,
  source: SettingsSource,
): readonly DoctorCheck[] => [
  check({ services: [], settings: ['AWS_REGION'] }, async ({ config: { AWS_REGION: region } }) => [
    fine('region', `is ${region}, from ${regionSource(env, source)}`),
  ]),
  () => Promise.resolve(profileFindings(env, source)),
  check(
    { services: [], settings: ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'] },
    async ({ config }) => [
      config.AWS_USE_FIPS_ENDPOINT === 'true'
        ? note('endpoints', 'are those with FIPS, which not every region and service has')
        : note('endpoints', 'are those without FIPS (AWS_USE_FIPS_ENDPOINT)'),
      ...(config.AWS_USE_DUALSTACK_ENDPOINT === 'true'
        ? [note('endpoints', 'answer over IPv6 too (AWS_USE_DUALSTACK_ENDPOINT)')]
        : []),
    ],
  ),
  ...proxies,
  // A worker checks the body of every message that it receives.
  () =>
    Promise.resolve([
      hasMd5()
        ? fine('checksums', 'are calculated: the body of each message is checked')
        : note('checksums', 'this machine has no MD5, as in FIPS mode: no body is checked by it'),
    ]),
  ...secretChecks(env, source),
];

/** A wrong secret is found among the settings. */
const secretChecks = (env: Environment, source: SettingsSource): readonly DoctorCheck[] =>
  SECRET_NAMES.filter((name) => isGiven(env, arnSettingOf(name), source)).map((name) =>
    check({ services: [], settings: [name] }, () =>
      Promise.resolve([fine(arnSettingOf(name), 'can be read, and holds what it should')]),
    ),
  );

const profileFindings = (
  env: Environment,
  { profile }: SettingsSource,
): readonly DoctorFinding[] =>
  env['AWS_PROFILE'] && profile?.isThere === false
    ? [note('AWS profile', `${profile.name}, which AWS_PROFILE names, is in none of the files`)]
    : [];

const regionSource = (env: Environment, { embedded, profile }: SettingsSource): string => {
  if (embedded !== undefined) return 'the embedded servers';
  return profile?.settings.AWS_REGION === undefined
    ? String(variableOf(env, 'AWS_REGION'))
    : `the AWS profile ${profile.name}`;
};

/** Each finds nothing if no proxy is set, and another says so once. */
const proxies: readonly DoctorCheck[] = [
  check({ services: [], settings: PROXY_SETTINGS }, async ({ config }) =>
    isSet(proxySettings(config))
      ? []
      : [note('proxy', 'none is set: AWS and Stripe are reached directly')],
  ),
  check({ services: [], settings: [...PROXY_SETTINGS, 'PAYMENTS_QUEUE_URL'] }, async ({ config }) =>
    examineWay(config.PAYMENTS_QUEUE_URL, proxySettings(config)),
  ),
  check({ services: [], settings: [...PROXY_SETTINGS, 'STRIPE_API_URL'] }, async ({ config }) =>
    examineWay(config.STRIPE_API_URL ?? 'https://api.stripe.com', proxySettings(config)),
  ),
];

const isSet = ({ https, http }: ProxySettings): boolean => (https ?? http) !== undefined;

const targetOf = (url: string): ProxyTarget => {
  const { protocol, hostname: host, port } = new URL(url);
  const isSecure = protocol === 'https:';
  return {
    protocol: isSecure ? 'https:' : 'http:',
    host: host.replace(/^\[|\]$/gu, ''),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
  };
};

const examineWay = async (
  url: string,
  settings: ProxySettings,
): Promise<readonly DoctorFinding[]> => {
  if (!isSet(settings)) return [];
  const target = targetOf(url);
  const used = proxyFor(target, settings);
  if (used === undefined) return [note('proxy', `is not used for ${target.host}`)];
  const opened = await ResultAsync.fromPromise(openTunnel(used, target), (error) =>
    error instanceof Error ? error.message : String(error),
  );
  return [
    opened.match(
      (tunnel) => {
        tunnel.destroy();
        return fine('proxy', `${nameOfProxy(used)} connects to ${target.host}`);
      },
      (why) => problem('proxy', `is no way to ${target.host}: ${why}`, REMEDY),
    ),
  ];
};

const REMEDY =
  'Look whether HTTPS_PROXY (HTTP_PROXY for plain http) is right, with user and password where ' +
  'it wants them, and whether the proxy allows CONNECT to that host; NO_PROXY leaves a host out.';
