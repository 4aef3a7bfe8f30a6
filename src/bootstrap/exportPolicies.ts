import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyPlace } from '../adapters/iam/place.ts';
import { policyOf, policyText, type PolicyRole } from '../adapters/iam/policy.ts';
import { POLICY_ROLES } from '../adapters/iam/roles.ts';

/** The deployment for which docs/aws.md shows the policies. */
export const EXAMPLE_PLACE: PolicyPlace = {
  partition: 'aws',
  region: 'eu-central-1',
  account: '111122223333',
  queues: {
    payments: 'paidonce-payments',
    paymentsDeadLetters: 'paidonce-payments-dlq',
    notifications: 'paidonce-notifications',
    notificationsDeadLetters: 'paidonce-notifications-dlq',
    subscriber: 'revenue',
  },
  tables: { events: 'paidonce-events', invoices: 'paidonce-invoices', keys: 'paidonce-keys' },
  logGroup: '/paidonce',
  topic: 'paidonce-order-events',
  mailFrom: 'receipts@example.com',
  personalDataKey: 'alias/paidonce-personal-data',
};

/** The page with the heading and the policy of each role as the table of roles has them. */
export const withPolicies = (page: string): string => {
  const [before = '', ...sections] = page.split(/^(?=### )/m);
  const roles = new Map<string, PolicyRole>(
    Object.values(POLICY_ROLES).map((role) => [role.title, role]),
  );
  const written = sections.map((section) => {
    const [, title = ''] = /^### (.*?)(?: \(.*\))?$/m.exec(section) ?? [];
    const role = roles.get(title);
    if (role === undefined || !JSON_BLOCK.test(section)) return section;
    roles.delete(title);
    const text = policyText(policyOf(role, EXAMPLE_PLACE));
    return section
      .replace(/^.*$/m, () => headingOf(role))
      .replace(JSON_BLOCK, () => `\`\`\`json\n${text}\n\`\`\``);
  });
  if (roles.size > 0) throw new Error(`no section with a policy: ${[...roles.keys()].join(', ')}`);
  return [before, ...written].join('');
};

const JSON_BLOCK = /^```json\n.*?^```$/ms;

const headingOf = ({ title, commands }: PolicyRole): string =>
  `### ${title} (${commands.map((command) => `\`paidonce ${command}\``).join(', ')})`;

// `npm run docs:policies`
if (import.meta.main) {
  const path = join(import.meta.dirname, '../../docs/aws.md');
  await writeFile(path, withPolicies(await readFile(path, 'utf8')));
}
