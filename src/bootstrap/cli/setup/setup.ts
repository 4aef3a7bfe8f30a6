import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import { queueNameOf } from '../../config/settingTypes.ts';
import {
  ensureResources,
  RESOURCE_SETTINGS,
  resourceNames,
  SETUP_SETTINGS,
  type Resource,
  type ResourceNames,
} from '../../resources.ts';
import { defineCommand, type Session } from '../common/command.ts';
import { EXIT, failureOf, misused, type CliFailure } from '../common/failure.ts';
import type { Output } from '../common/output.ts';
import { tableOf } from '../common/table.ts';

const PREFIX = /^[A-Za-z0-9_-]{1,60}$/;

export const body = defineCommand<{ readonly prefix: string }>({
  begins: true,
  examples: [
    'setup',
    'setup --prefix shop-staging > settings.sh',
    'AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 paidonce setup',
  ],
  options: (command) =>
    command.option('--prefix <prefix>', 'begins the name of whatever no setting names', 'paidonce'),
  help: `\
Names come from those of the settings that are there (a queue's from the end of its URL), others
from the prefix. Queues that are there are made what they should be; tables are never changed but
for their protection. Prints the settings as lines for a shell.`,
  run: async function* (session, { prefix }) {
    if (!PREFIX.test(prefix)) {
      return err(misused('the prefix is not 1 to 60 letters, digits, _ or -'));
    }
    // They are set up whenever they are opened, so that nothing is left to do.
    if (session.embedded !== undefined) {
      printResources(session.embedded.resources, session.output);
      return ok(EXIT.OK);
    }
    const chosen = yield* chooseNames(session, prefix);
    const config = yield* session.config(SETUP_SETTINGS);
    const made = yield* ensureResources(config, chosen).mapErr(failureOf);
    printResources(made, session.output);
    return ok(EXIT.OK);
  },
});

/**
 * The names that settings give, all of which have to be right, and names with the prefix for the
 * others.
 */
const chooseNames = (
  { config, io }: Session,
  prefix: string,
): ResultAsync<ResourceNames, CliFailure> => {
  const given = RESOURCE_SETTINGS.filter((name) => io.env[name]);
  return config([...SETUP_SETTINGS, ...given]).map((settings) => ({
    ...resourceNames(prefix),
    ...Object.fromEntries(
      given.map((name) => [
        name,
        name.endsWith('_URL') ? queueNameOf(settings[name]) : settings[name],
      ]),
    ),
  }));
};

const printResources = (resources: readonly Resource[], output: Output): void => {
  const mail =
    'Mail: verify the address or domain of MAIL_FROM in SES, and leave its sandbox to ' +
    'write to anyone.';
  output.note((columns) =>
    tableOf(
      ['', 'name', 'done', 'notes'],
      resources.map(({ kind, name, done, notes }) => [kind, name, done, notes.join('; ')]),
      { columns },
    ),
  );
  output.note(`\n${mail} Stripe: set STRIPE_SECRET_KEY.\n`);
  for (const resource of resources) {
    output.data(resource, () => `export ${resource.setting}='${resource.value}'`);
  }
};
