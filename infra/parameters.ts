import { readFileSync } from 'node:fs';
import {
  settingSchemas,
  SETTING_NAMES,
  type SettingName,
} from '../src/bootstrap/config/settings.ts';

export const STAGES = ['dev', 'staging', 'prod'] as const;
export type Stage = (typeof STAGES)[number];

/** `lambda`: functions behind event source mappings. `ecs`: workers as tasks of Fargate. */
export const FLAVOURS = ['lambda', 'ecs'] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** What a deployment is made from, given to CDK as `-c NAME=VALUE`. */
export type Parameters = {
  readonly stages: readonly Stage[];
  readonly flavour: Flavour;
  /** Begins the names of everything, before the stage. */
  readonly prefix: string;
  readonly mailFrom: string;
  /** Of the tasks; a tag or, better, a digest. */
  readonly image: string | undefined;
  /** Settings of the services beside those that the stacks give them. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  /** Queues, tables, topics and log groups are encrypted by a key of this account. */
  readonly customerKeys: boolean;
  /** Of Stripe at EventBridge: `aws.partner/stripe.com/ed_…`. */
  readonly eventSource: string | undefined;
  /** Where alarms are mailed to. */
  readonly alarmMail: string | undefined;
  /** A template for people without CDK: the code's place is a parameter of the template. */
  readonly plain: boolean;
};

export type Deployment = Omit<Parameters, 'stages'> & {
  readonly stage: Stage;
  /** With the stage. */
  readonly name: string;
};

export const deploymentsOf = ({ stages, ...rest }: Parameters): readonly Deployment[] =>
  stages.map((stage) => ({ ...rest, stage, name: `${rest.prefix}-${stage}` }));

/** From CDK's context. What is missing or wrong ends the synthesis. */
export const readParameters = (context: (name: string) => unknown): Parameters => {
  const text = (name: string): string | undefined => {
    const value = context(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw new Error(`-c ${name} has to be text`);
    return value;
  };
  const oneOf = <T extends string>(name: string, value: string, known: readonly T[]): T => {
    const found = known.find((each) => each === value);
    if (found === undefined)
      throw new Error(`-c ${name}=${value}: it is one of ${known.join(', ')}`);
    return found;
  };
  const flag = (name: string): boolean =>
    oneOf(name, text(name) ?? 'false', ['true', 'false'] as const) === 'true';

  const flavour = oneOf('flavour', text('flavour') ?? 'lambda', FLAVOURS);
  const prefix = text('prefix') ?? 'paidonce';
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(prefix)) {
    throw new Error('-c prefix: 1 to 31 small letters, digits and hyphens');
  }
  const image = text('image');
  if (flavour === 'ecs' && image === undefined) throw new Error('-c image=… is needed for ecs');
  const settingsFile = text('settings');
  return {
    stages: (text('stage') ?? 'dev').split(',').map((stage) => oneOf('stage', stage, STAGES)),
    flavour,
    prefix,
    mailFrom: senderOf(text('mailFrom')),
    image,
    settings: settingsFile === undefined ? {} : readSettings(settingsFile),
    customerKeys: flag('customerKeys'),
    eventSource: text('eventSource'),
    alarmMail: text('alarmMail'),
    plain: flag('plain'),
  };
};

const senderOf = (given: string | undefined): string => {
  const read = settingSchemas.MAIL_FROM.safeParse(given);
  if (!read.success) throw new Error('-c mailFrom=… is needed: an address that SES has verified');
  return read.data;
};

/** What no template may hold: whoever may read a stack or a function would know it. */
const SECRET: readonly SettingName[] = [
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'INTENT_SEAL_KEYS',
];

/** What the stacks know themselves. */
const GIVEN = new RegExp(
  '^(AWS_.*|.*_(QUEUE_URL|DLQ_URL|TABLE|ARN)|LOG_GROUP|METRICS_NAMESPACE|MAIL_FROM|HEALTH_.*|' +
    'PERSONAL_DATA_KEY)$',
);

/** A JSON object of names and texts. Each is checked as the services will check it. */
const readSettings = (path: string): Parameters['settings'] => {
  const given = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>);
  const wrong = given.flatMap(([name, value]) => {
    const setting = SETTING_NAMES.find((known) => known === name);
    if (setting === undefined) return [`${name} is no setting`];
    if (SECRET.includes(setting)) return [`${name} is a secret: put it into Secrets Manager`];
    if (GIVEN.test(name)) return [`${name} is given by the stacks`];
    return settingSchemas[setting].safeParse(value).success ? [] : [`${name} is wrong`];
  });
  if (wrong.length > 0) throw new Error(`-c settings=${path}: ${wrong.join('; ')}`);
  return Object.fromEntries(given);
};
