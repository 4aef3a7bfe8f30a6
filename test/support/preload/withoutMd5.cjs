/* A Node that has no MD5, as in FIPS mode: NODE_OPTIONS='--require …/withoutMd5.cjs'. */
const crypto = require('node:crypto');
const { createHash } = crypto;
crypto.createHash = (name, ...rest) => {
  if (String(name).toLowerCase() !== 'md5') return createHash(name, ...rest);
  const error = new Error('error:0308010C:digital envelope routines::unsupported');
  throw Object.assign(error, { code: 'ERR_OSSL_EVP_UNSUPPORTED' });
};
require('node:module').syncBuiltinESMExports();
