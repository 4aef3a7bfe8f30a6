import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { ORDER_EVENT_KINDS, typeOf } from '../../src/application/messages/index.ts';
import { orderEventSchema, orderEventSchemas } from '../../src/bootstrap/exportSchemas.ts';
import { fenced, readText, tableRows } from './markdown.ts';

describe('docs/order-events.md', () => {
  const page = readText('docs/order-events.md');

  it('names every kind that there is, and links its schema', () => {
    expect(tableRows(page, '`type`').map(([type]) => type)).to.deep.equal(
      ORDER_EVENT_KINDS.map((kind) => `\`${typeOf(kind)}\``),
    );
    expect(tableRows(page, 'Schema of').map(([link]) => link)).to.deep.equal(
      [...orderEventSchemas().keys()].map(
        (file) => `[${file.replace('.schema.json', '')}](messages/${file})`,
      ),
    );
  });

  it('shows an event that is valid by its schema, and whose id is made as it says', () => {
    const [example = '{}'] = fenced(page, 'json');
    const event = JSON.parse(example) as {
      readonly id: string;
      readonly subject: string;
      readonly data: { readonly version: number };
    };
    const isValid = new Ajv2020({ strict: true }).compile(orderEventSchema('order.paid.v1'));

    expect(isValid(event), JSON.stringify(isValid.errors)).to.equal(true);
    expect(event.id).to.equal(`${event.subject}:${event.data.version}:order.paid.v1`);
  });

  it('has a filter policy of types that there are', () => {
    const types = [...page.matchAll(/\\"(paidonce\.[\w.-]+)\\"/gu)].map(([, type]) => type);

    expect(types).to.have.length(2);
    expect(ORDER_EVENT_KINDS.map(typeOf)).to.include.members(types);
  });
});
