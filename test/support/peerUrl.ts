type Peer = 'PEER_DYNAMODB_URL' | 'PEER_SQS_URL' | 'PEER_MOTO_URL' | 'PEER_STRIPE_URL';

/** Where an independent server listens. Without one the test fails; it is never skipped. */
export const peerUrl = (name: Peer): string => {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} is not set: run test/peers/start`);
  return url;
};
