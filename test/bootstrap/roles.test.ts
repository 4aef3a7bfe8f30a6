import { openEmbeddedServers, EMBEDDED_REGION } from '../../src/adapters/embedded/index.ts';
import { EXAMPLE_PLACE } from '../../src/bootstrap/exportPolicies.ts';
import { POLICY_ROLES, type PolicyRoleName } from '../../src/adapters/iam/roles.ts';
import { policyOf } from '../../src/adapters/iam/policy.ts';
import { grantsOf } from '../support/iam/decide.ts';
import { openRoles } from '../support/iam/deployment.ts';
import { liveAll } from '../support/iam/lives.ts';
import { startKms } from '../support/kms.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

describe('roles', () => {
  it('live', async () => {
    const folder = await makeTemporaryFolder();
    const embedded = await openEmbeddedServers({ dataDir: folder.path });
    const kms = await startKms();
    const { sqs, dynamodb, logs, ses, stripe } = embedded.addresses;
    const servers = { sqs, dynamodb, logs, ses, sns: sqs, kms: kms.endpoint };
    const place = { ...EXAMPLE_PLACE, account: '000000000000', region: EMBEDDED_REGION };
    const roles = openRoles({ place, servers, stripe, env: { RECEIVE_WAIT_MS: '1000', INTENT_SEAL_KEYS: 'a-secret-of-the-payment-service-alone', RECONCILE_INTERVAL_MS: '3000' } });
    try { await liveAll(roles, place, servers); } finally {
    for (const name of Object.keys(POLICY_ROLES) as PolicyRoleName[]) {
      const used = new Set(roles.records(name).flatMap(({ grants }) => grants));
      const granted = policyOf(POLICY_ROLES[name], place).Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(grantsOf);
      console.log(name, granted.length, used.size);
      if (used.size > 0) for (const one of granted.filter((g) => !used.has(g))) console.log('   unused', one);
      for (const one of new Set(roles.records(name).filter(({ verdict }) => verdict !== 'allowed').map(({ action, resource, verdict, context }) => `${verdict}: ${action} on ${resource} ${JSON.stringify(context)}`))) console.log('   REFUSED', one);
    }
    await roles.close(); kms.close(); await embedded.close(); await folder.remove(); }
  });
});
