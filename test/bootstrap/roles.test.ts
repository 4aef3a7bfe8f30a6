import { expect } from 'chai';
import { Visitor } from 'oxc-parser';
import { EMBEDDED_REGION, openEmbeddedServers } from '../../src/adapters/embedded/index.ts';
import type { PolicyRow } from '../../src/adapters/iam/policy.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../src/adapters/iam/roles.ts';
import { EXAMPLE_PLACE } from '../../src/bootstrap/exportPolicies.ts';
import { parseSource, sourcesBelow } from '../architecture/source.ts';
import { readText, tableRows } from '../docs/markdown.ts';
import { openAdministrator } from '../support/iam/administrator.ts';
import { openRoles, statementsOf, type RolesDeployment } from '../support/iam/deployment.ts';
import { rewritesOf, trespassesOf, tryAll } from '../support/iam/hostile.ts';
import { useEveryRole } from '../support/iam/everyRole.ts';
import { isActionOfItsOwn, unpublished } from '../support/iam/published.ts';
import { startKms } from '../support/kms.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { describeInTurn } from '../support/runs.ts';

const ROLES = Object.keys(POLICY_ROLES) as readonly PolicyRoleName[];
const PLACE = { ...EXAMPLE_PLACE, account: '000000000000', region: EMBEDDED_REGION };

/** Alone or with others, a role may have a policy besides that allows everything. */
const EVERYTHING = { Sid: 'All', Effect: 'Allow', Action: ['*'], Resource: ['*'] } as const;

const appendsEvents = ({ actions, on }: PolicyRow): boolean =>
  actions.includes('dynamodb:PartiQLInsert') && on.includes('events');

describeInTurn(0, 'The policy of a role', () => {
  let roles: RolesDeployment;
  const refusals = new Map<PolicyRoleName, number>();
  const closing: (() => unknown)[] = [];

  before(async () => {
    const folder = await makeTemporaryFolder();
    closing.push(() => folder.remove());
    const embedded = await openEmbeddedServers({ dataDir: folder.path });
    closing.push(() => embedded.close());
    const kms = await startKms();
    closing.push(() => kms.close());
    const { sqs, dynamodb, logs, ses, stripe } = embedded.addresses;
    const servers = { sqs, dynamodb, logs, ses, sns: sqs, kms: kms.endpoint };
    const options = { place: PLACE, servers, stripe };
    const administrator = openAdministrator(options);
    closing.push(() => administrator.close());
    roles = openRoles(options);
    closing.push(() => roles.close());
    await useEveryRole({ roles, place: PLACE, administrator });
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  for (const role of ROLES) {
    const statements = statementsOf(role, PLACE);

    it(`allows all that its services and commands ask for, and nothing more: ${role}`, () => {
      const { allowed, used, refused } = roles.grantsOf(role);

      expect(refused, 'refused').to.deep.equal([]);
      expect(used, 'used').to.deep.equal(allowed);
    });

    it(`refuses what no role may, and what is another’s: ${role}`, async () => {
      const foreign = role === 'Erasing' ? 'order#1' : 'person#1';
      const calls = [...rewritesOf(PLACE), ...trespassesOf(PLACE, foreign)];
      const tried = await tryAll(calls, { place: PLACE, statements });
      const passed = tried.filter(({ status }) => status === 200);

      expect(passed.map(({ call }) => call)).to.deep.equal([]);
      for (const { call, status } of tried) {
        const [service, refusal] = call.startsWith('sqs')
          ? [403, '#AccessDenied']
          : [400, '#AccessDeniedException'];
        expect([status, call.includes(`${refusal}"`)], call).to.deep.equal([service, true]);
      }
      refusals.set(role, tried.length);
    });
  }

  // Of the others, one rebuilds rows: it reads the events, and writes beside them.
  const writing = ROLES.filter(
    (role) => role === 'Rebuilding' || POLICY_ROLES[role].rows.some(appendsEvents),
  );
  for (const role of writing) {
    it(`refuses to rewrite history whatever other policies allow: ${role}`, async () => {
      const statements = [...statementsOf(role, PLACE), EVERYTHING];
      const tried = await tryAll(rewritesOf(PLACE), { place: PLACE, statements });

      const passed = tried.filter(({ status }) => status === 200);
      expect(passed.map(({ call }) => call)).to.deep.equal([]);
      for (const { call } of tried) expect(call).to.include('explicit deny');
    });
  }

  it('is asked for actions as AWS publishes them, about what they are about', async () => {
    const asked = new Map(
      ROLES.flatMap((role) => roles.recordsOf(role)).map((record) => [
        `${record.operation} ${record.action} ${record.resource.replace(/log-stream:.*/, '')}`,
        record,
      ]),
    );
    for (const { action, resource, context, operation } of asked.values()) {
      const conditionKeys = Object.keys(context);
      expect(await unpublished({ action, resource, conditionKeys })).to.deep.equal([]);
      // A call with another name is none that IAM knows by its own.
      expect(await isActionOfItsOwn(action, operation), operation).to.equal(false);
    }
    expect(asked.size).to.be.greaterThan(50);
  });

  it('is asked for by every call that the adapters make', () => {
    const asked = ROLES.flatMap((role) => roles.recordsOf(role)).map(({ action, operation }) => {
      const [service = '', name = ''] = action.split(':');
      return `${service}:${operation || name}`;
    });

    // It has no call of its own here: a file that is attached asks for it.
    const calls = new Set([...callsOfAdapters(), 'ses:SendRawEmail']);
    // By the demo alone, on embedded servers and under no role.
    calls.delete('sns:Subscribe');
    // Only where settings are given by ARN, which a deployment on loopback has none of: their rows
    // and calls have tests of their own (test/adapters/iam, test/adapters/secrets).
    for (const call of calls) if (call.startsWith('secrets:')) calls.delete(call);
    expect([...new Set(asked)]).to.have.members([...calls]);
  });

  it('is as docs/aws.md shows it in numbers', () => {
    const rows = ROLES.map((role) => {
      const { allowed, used } = roles.grantsOf(role);
      return [role, allowed.length, used.length, refusals.get(role)].map(String);
    });

    expect(tableRows(readText('docs/aws.md'), 'Role')).to.deep.equal(rows);
  });
});

/** `sqs:SendMessageBatch` for `new SendMessageBatchCommand(…)` in a file about SQS. */
const callsOfAdapters = (): readonly string[] => {
  const calls: string[] = [];
  for (const source of sourcesBelow('src/adapters').map(parseSource)) {
    const [, , folder = ''] = source.path.split('/');
    new Visitor({
      NewExpression: ({ callee }) => {
        const [, command] =
          /^(.+)Command$/.exec(callee.type === 'Identifier' ? callee.name : '') ?? [];
        if (command !== undefined)
          calls.push(`${folder === 'cloudwatch' ? 'logs' : folder}:${command}`);
      },
    }).visit(source.program);
  }
  return calls;
};
