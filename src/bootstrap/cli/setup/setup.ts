import { ok } from 'neverthrow';
import { ensureResources, SETUP_SETTINGS, type Resource } from '../../resources.ts';
import { chooseNames, withPrefix, type PrefixOption } from '../common/chooseNames.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failureOf } from '../common/failure.ts';
import type { Output } from '../common/output.ts';
import { tableOf } from '../common/table.ts';

export const body = defineCommand<PrefixOption>({
  begins: true,
  examples: [
    'setup',
    'setup --prefix shop-staging > settings.sh',
    'AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 paidonce setup',
  ],
  options: withPrefix,
  help: `\
Names come from those of the settings that are there (a queue's from the end of its URL), others
from the prefix. Queues that are there are made what they should be; tables are never changed but
for their protection. Prints the settings as lines for a shell. What it may do itself, and what the
services may: \`paidonce policies Setting\`, \`paidonce policies\`.`,
  run: async function* (session, { prefix }) {
    // These resources were made when the embedded servers were opened.
    const { resources } = session.embedded ?? {};
    if (resources !== undefined) {
      printResources(resources, session.output);
      return ok(EXIT.OK);
    }
    const chosen = yield* chooseNames(session, prefix, SETUP_SETTINGS);
    const config = yield* session.config(SETUP_SETTINGS);
    const made = yield* ensureResources(config, chosen).mapErr(failureOf);
    printResources(made, session.output);
    return ok(EXIT.OK);
  },
});

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
  const roles = 'Roles: `paidonce policies` prints what each may do.';
  output.note(`\n${mail} Stripe: set STRIPE_SECRET_KEY. ${roles}\n`);
  for (const resource of resources) {
    output.data(resource, () => `export ${resource.setting}='${resource.value}'`);
  }
};
