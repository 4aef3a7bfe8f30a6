/** The place of a secret: its service, by the name that ARNs have for it, and its region. */
export type SecretArn = {
  readonly service: 'secretsmanager' | 'ssm';
  readonly region: string;
  readonly arn: string;
};

const REGION = String.raw`[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}`;
/** CreateSecret takes up to 512 of these characters; a hyphen and six of AWS's own follow. */
const SECRET = String.raw`secretsmanager:(?<secrets>${REGION}):\d{12}:secret:[\w/+=.@-]{1,519}`;
/** PutParameter takes a path of these characters; the ARN has 1,011 at most. */
const PARAMETER = String.raw`ssm:(?<parameters>${REGION}):\d{12}:parameter/[\w./-]{1,1011}`;
const ARN = new RegExp(String.raw`^arn:aws[\w-]*:(?:${SECRET}|${PARAMETER})$`);

/** The parts of an ARN; undefined if it is of nothing that keeps secrets. */
export const readSecretArn = (arn: string): SecretArn | undefined => {
  const { secrets, parameters } = ARN.exec(arn)?.groups ?? {};
  if (secrets !== undefined) return { service: 'secretsmanager', region: secrets, arn };
  if (parameters !== undefined) return { service: 'ssm', region: parameters, arn };
  return undefined;
};
