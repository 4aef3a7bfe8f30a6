import { Argument } from 'commander';
import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import { partitionOf, type PolicyPlace, type PolicyResource } from '../../../adapters/iam/place.ts';
import { policyOf, policyText, rowsLeftOut } from '../../../adapters/iam/policy.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../../adapters/iam/roles.ts';
import { defined } from '../../../adapters/defined.ts';
import { topicNameOf } from '../../../adapters/sns/topics.ts';
import { chooseNames, withPrefix, type PrefixOption } from '../common/chooseNames.ts';
import { defineCommand, type Session } from '../common/command.ts';
import { EXIT, misused, type CliFailure } from '../common/failure.ts';
import { tableOf } from '../common/table.ts';

type PoliciesOptions = PrefixOption & { readonly account?: string; readonly subscriber?: string };

export const body = defineCommand<PoliciesOptions>({
  examples: [
    'policies',
    'policies Payment --account 111122223333 > payment.json',
    'policies --json --account 111122223333 | jq -r .role',
  ],
  options: (command) =>
    withPrefix(command)
      .addArgument(new Argument('[role]', 'the role whose policy to print').choices(ROLE_NAMES))
      .option('--account <id>', 'the AWS account, unless a queue’s URL has it')
      .option('--subscriber <queue>', 'the queue to which `events replay --to-queue` may send'),
  help: `\
Without a role: lists the roles and the commands that each is for. Names come from the settings, and
from the prefix, as those of \`setup\` do; nothing is asked of AWS. Statements about what no setting
names, such as a topic, are left out, and listed.
Exit code: 0 printed, 2 wrong usage or configuration.`,
  run: async function* (session, options, { args: [chosen] }) {
    const { output } = session;
    const roles = ROLE_NAMES.filter((name) => chosen === undefined || name === chosen);
    if (chosen === undefined && !output.json) {
      output.line((columns) =>
        tableOf(
          ['role', 'commands'],
          roles.map((name) => [name, POLICY_ROLES[name].commands.join(', ')]),
          { columns },
        ),
      );
      return ok(EXIT.OK);
    }
    const place = yield* placeOf(session, options);
    for (const name of roles) {
      const { [name]: role } = POLICY_ROLES;
      const policy = policyOf(role, place);
      output.data({ role: name, commands: role.commands, policy }, () => policyText(policy));
      for (const { sid, on } of rowsLeftOut(role, place)) {
        const lacking = on.map((resource) => NAMED_BY[resource] ?? resource).join(' or ');
        output.note(`${name}: ${sid} is left out, since there is no ${lacking}.`);
      }
    }
    return ok(EXIT.OK);
  },
});

const ROLE_NAMES = Object.keys(POLICY_ROLES) as readonly PolicyRoleName[];

/** The setting or option that gives a name which a deployment may lack. */
const NAMED_BY: Readonly<Partial<Record<PolicyResource, string>>> = {
  topic: 'ORDER_EVENTS_TOPIC_ARN',
  personalDataKey: 'key of AWS KMS in PERSONAL_DATA_KEY',
  sender: 'MAIL_FROM',
  subscriber: '--subscriber',
};

const ACCOUNT = /^\d{12}$/;
/** Matches the account in the URL of a queue, as AWS writes it. */
const ACCOUNT_IN = /\/(\d{12})\/[^/]+$/;
const QUEUE = /^[\w-]{1,80}$/;
const KEY_ARN = 'PERSONAL_DATA_KEY_ARN';

/** Names that a deployment may lack, and the queue whose URL has the account. */
const OPTIONAL = [
  'PAYMENTS_QUEUE_URL',
  'ORDER_EVENTS_TOPIC_ARN',
  'MAIL_FROM',
  'STRIPE_SECRET_KEY_ARN',
  'STRIPE_WEBHOOK_SECRETS_ARN',
  'INTENT_SEAL_KEYS_ARN',
  'PERSONAL_DATA_KEY_ARN',
] as const;

const placeOf = (
  session: Session,
  { prefix, subscriber, account: named }: PoliciesOptions,
): ResultAsync<PolicyPlace, CliFailure> => {
  // One that is kept elsewhere is not asked for.
  const isKeyHere = session.isGiven('PERSONAL_DATA_KEY') && !session.isGiven(KEY_ARN);
  const given = [
    ...OPTIONAL.filter((name) => session.isGiven(name)),
    ...(isKeyHere ? (['PERSONAL_DATA_KEY'] as const) : []),
  ];
  const needs = ['AWS_REGION', ...given] as const;
  return chooseNames(session, prefix, needs).andThen((names) =>
    session.config(needs).andThen((config): Result<PolicyPlace, CliFailure> => {
      const { AWS_REGION: region } = config;
      const settings: Partial<typeof config> = config;
      const account = named ?? ACCOUNT_IN.exec(settings.PAYMENTS_QUEUE_URL ?? '')?.[1];
      const { ORDER_EVENTS_TOPIC_ARN: topicArn, MAIL_FROM: mailFrom } = settings;
      const key = settings.PERSONAL_DATA_KEY?.find(({ type }) => type === 'Kms');
      if (account === undefined) return err(misused('the account is not known: give --account'));
      if (!ACCOUNT.test(account)) return err(misused('the account is not 12 digits'));
      if (subscriber !== undefined && !QUEUE.test(subscriber)) {
        return err(misused('the subscriber is not the name of a queue'));
      }
      return ok({
        partition: partitionOf(region),
        region,
        account,
        queues: {
          payments: names.PAYMENTS_QUEUE_URL,
          paymentsDeadLetters: names.PAYMENTS_DLQ_URL,
          notifications: names.NOTIFICATIONS_QUEUE_URL,
          notificationsDeadLetters: names.NOTIFICATIONS_DLQ_URL,
          ...(subscriber !== undefined && { subscriber }),
        },
        tables: {
          events: names.EVENTS_TABLE,
          invoices: names.INVOICES_TABLE,
          keys: names.KEYS_TABLE,
        },
        logGroup: names.LOG_GROUP,
        ...(topicArn !== undefined && { topic: topicNameOf(topicArn) }),
        ...(mailFrom !== undefined && { mailFrom }),
        ...(key?.type === 'Kms' && { personalDataKey: key.keyId }),
        secrets: defined({
          gatewayKey: settings.STRIPE_SECRET_KEY_ARN,
          webhookSecrets: settings.STRIPE_WEBHOOK_SECRETS_ARN,
          sealKeys: settings.INTENT_SEAL_KEYS_ARN,
          personalDataKeys: settings.PERSONAL_DATA_KEY_ARN,
        }),
      });
    }),
  );
};
