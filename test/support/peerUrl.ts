type Peer = 'PEER_DYNAMODB_URL' | 'PEER_SQS_URL' | 'PEER_MOTO_URL' | 'PEER_STRIPE_URL';

type PeerProgram = 'PEER_HADOLINT' | 'PEER_LAMBDA_RIE' | 'PEER_LAMBDA_RIC';

/** Where an independent server listens. Without one the test fails; it is never skipped. */
export const peerUrl = (name: Peer): string => given(name);

/** Where a program is that setup installed. */
export const peerPath = (name: PeerProgram): string => given(name);

const given = (name: Peer | PeerProgram): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run test/peers/start`);
  return value;
};
