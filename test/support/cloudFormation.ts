import { PEER_CREDENTIALS, PEER_REGION } from './peerEnvironment.ts';

/** Makes a stack on a server that checks no signature. Throws what went wrong. */
export const createStack = async (
  url: string,
  { name, template }: { readonly name: string; readonly template: unknown },
): Promise<void> => {
  const created = await ask(url, {
    Action: 'CreateStack',
    StackName: name,
    TemplateBody: JSON.stringify(template),
  });
  if (!created.includes('<StackId>')) throw new Error(created);
  const described = await ask(url, { Action: 'DescribeStacks', StackName: name });
  const status = /<StackStatus>(\w+)</.exec(described)?.[1];
  if (status !== 'CREATE_COMPLETE') throw new Error(`${name}: ${status ?? described}`);
};

const ask = async (url: string, fields: Readonly<Record<string, string>>): Promise<string> => {
  const credential = `${PEER_CREDENTIALS.accessKeyId}/20260101/${PEER_REGION}/cloudformation`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      Authorization: [
        `AWS4-HMAC-SHA256 Credential=${credential}/aws4_request`,
        'SignedHeaders=host',
        'Signature=0',
      ].join(', '),
    },
    body: new URLSearchParams({ ...fields, Version: '2010-05-15' }),
  });
  return answer.text();
};
