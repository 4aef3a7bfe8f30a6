import { expect } from 'chai';
import { EMBEDDED_REGION, openEmbeddedServers } from '../../src/adapters/embedded/index.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../src/adapters/iam/roles.ts';
import { EXAMPLE_PLACE } from '../../src/bootstrap/exportPolicies.ts';
import { openAdministrator } from '../support/iam/administrator.ts';
import { openRoles, type RolesDeployment } from '../support/iam/deployment.ts';
import { liveAll } from '../support/iam/lives.ts';
import { startKms } from '../support/kms.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

const ROLES = Object.keys(POLICY_ROLES) as readonly PolicyRoleName[];

describe('The policy of a role', () => {
  let roles: RolesDeployment;
  const closing: (() => unknown)[] = [];

  before(async () => {
    const folder = await makeTemporaryFolder();
    closing.push(() => folder.remove());
    const embedded = await openEmbeddedServers({ dataDir: folder.path });
    closing.push(() => embedded.close());
    const kms = await startKms();
    closing.push(() => kms.close());
    const { sqs, dynamodb, logs, ses, stripe } = embedded.addresses;
    const place = { ...EXAMPLE_PLACE, account: '000000000000', region: EMBEDDED_REGION };
    const servers = { sqs, dynamodb, logs, ses, sns: sqs, kms: kms.endpoint };
    const administrator = openAdministrator({ place, servers, stripe });
    closing.push(() => administrator.close());
    roles = openRoles({ place, servers, stripe });
    closing.push(() => roles.close());
    await liveAll({ roles, place, administrator });
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  for (const role of ROLES) {
    it(`allows all that its services and commands ask for, and nothing more: ${role}`, () => {
      const { allowed, used, refused } = roles.grantsOf(role);

      expect(refused, 'refused').to.deep.equal([]);
      expect(used, 'used').to.deep.equal(allowed);
    });
  }
});
