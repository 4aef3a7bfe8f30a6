import type { AwsSettings } from '../../adapters/aws/clients.ts';
import type { ProxySettings } from '../../adapters/proxy.ts';
import type { Settings } from './settings.ts';

export const PROXY_SETTINGS = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const;

/** The settings of every service; each has its own endpoint beside them. */
const COMMON = [
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_SDK_PARTS',
  ...PROXY_SETTINGS,
] as const;

export const AWS_SETTINGS = {
  SQS: [...COMMON, 'AWS_ENDPOINT_URL_SQS'],
  DYNAMODB: [...COMMON, 'AWS_ENDPOINT_URL_DYNAMODB'],
  CLOUDWATCH_LOGS: [...COMMON, 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'],
  SESV2: [...COMMON, 'AWS_ENDPOINT_URL_SESV2'],
  SNS: [...COMMON, 'AWS_ENDPOINT_URL_SNS'],
  KMS: [...COMMON, 'AWS_ENDPOINT_URL_KMS'],
  SECRETS_MANAGER: [...COMMON, 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
  SSM: [...COMMON, 'AWS_ENDPOINT_URL_SSM'],
} as const;

export type AwsService = keyof typeof AWS_SETTINGS;
type AwsSettingOf<S extends AwsService> = (typeof AWS_SETTINGS)[S][number];
type AwsConfig = Pick<Settings, (typeof COMMON)[number]> & {
  readonly credentials?: NonNullable<AwsSettings['credentials']>;
};

/** The endpoint to use in place of AWS's own, if there is one. */
export const endpointOf = (config: Partial<Settings>, service: AwsService): string | undefined =>
  config.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true'
    ? undefined
    : (config[`AWS_ENDPOINT_URL_${service}`] ?? config.AWS_ENDPOINT_URL);

/**
 * The settings with which to make a client of one service. Endpoints have the SDK's names; a
 * missing one is AWS itself.
 */
export const awsSettings = <S extends AwsService>(
  config: AwsConfig & Pick<Settings, AwsSettingOf<S>>,
  service: S,
): AwsSettings => {
  const named = endpointOf(config, service);
  const { credentials } = config;
  return {
    region: config.AWS_REGION,
    parts: config.AWS_SDK_PARTS,
    fips: config.AWS_USE_FIPS_ENDPOINT === 'true',
    dualStack: config.AWS_USE_DUALSTACK_ENDPOINT === 'true',
    proxies: proxySettings(config),
    ...(named === undefined ? {} : { endpoint: named }),
    ...(credentials === undefined ? {} : { credentials }),
  };
};

export const proxySettings = ({
  HTTPS_PROXY: https,
  HTTP_PROXY: http,
  NO_PROXY: except,
}: Pick<Settings, (typeof PROXY_SETTINGS)[number]>): ProxySettings => ({
  ...(https === undefined ? {} : { https }),
  ...(http === undefined ? {} : { http }),
  ...(except === undefined ? {} : { except }),
});
