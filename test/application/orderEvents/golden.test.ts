import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { ORDER_EVENT_KINDS, typeOf } from '../../../src/application/messages/index.ts';
import { orderEventSchemas } from '../../../src/bootstrap/exportSchemas.ts';
import { breakingChanges, type JsonSchema } from '../../../src/bootstrap/jsonOutput/additive.ts';
import { golden } from '../../support/golden.ts';
import { cloudEventsOf, type CloudEvent } from '../../support/orderEvents.ts';

const FOLDER = new URL('../../fixtures/orderEvents/', import.meta.url);

const filesNamed = (name: string): readonly string[] =>
  readdirSync(FOLDER).filter((file) => file.startsWith(name));
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));

const EXAMPLES = filesNamed('examples').flatMap((file) =>
  Object.entries(read(file) as Readonly<Record<string, readonly CloudEvent[]>>),
);
const FORMER = filesNamed('schemas').flatMap((file) =>
  Object.entries(read(file) as Readonly<Record<string, JsonSchema>>),
);
const CURRENT = new Map(
  [...orderEventSchemas()].map(([name, text]) => [name, JSON.parse(text) as JsonSchema]),
);

describe('the golden order events', () => {
  for (const [name, former] of EXAMPLES) {
    it(`are published of ${name} as ever, or with more`, () => {
      const history = golden.find((other) => other.name === name);
      const now = history === undefined ? [] : cloudEventsOf(history);

      expect(former).not.to.deep.equal([]);
      for (const event of former) {
        const later = now.find(({ id }) => id === event.id);
        const { data, ...rest } = event;
        expect(later, event.id).to.deep.include(rest);
        expect(later?.data, event.id).to.include(data);
      }
    });
  }

  it('have every kind that there is among them', () => {
    const types = new Set(EXAMPLES.flatMap(([, events]) => events.map(({ type }) => type)));

    expect([...types]).to.have.members(ORDER_EVENT_KINDS.map(typeOf));
    expect(FORMER.map(([name]) => name)).to.have.members([...CURRENT.keys()]);
  });

  for (const [name, former] of FORMER) {
    it(`break nobody who reads by ${name} as it was`, () => {
      expect(breakingChanges(former, CURRENT.get(name) ?? {}, 'event')).to.deep.equal([]);
    });

    it(`would be missed by who reads by ${name}: a member removed, renamed or retyped`, () => {
      const { data } = former.properties ?? {};
      for (const [member, schema] of Object.entries(data?.properties ?? {})) {
        const { [member]: _, ...others } = data?.properties ?? {};
        const retyped = { ...others, [member]: { ...schema, type: 'null' } };
        for (const properties of [others, { ...others, other: schema }, retyped]) {
          const later = {
            ...former,
            properties: { ...former.properties, data: { ...data, properties } },
          };
          expect(breakingChanges(former, later, 'event'), member).not.to.deep.equal([]);
        }
      }
    });
  }

  it('are valid by the schemas, and so are events with members that are new', () => {
    const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } });
    const validators = new Map(
      [...CURRENT].map(([name, schema]) => [name.replace('.schema.json', ''), ajv.compile(schema)]),
    );
    for (const [, events] of EXAMPLES) {
      for (const event of events) {
        const isValid = validators.get(event.type);
        expect(isValid?.(event), JSON.stringify(isValid?.errors)).to.equal(true);
        expect(isValid?.({ ...event, later: 1, data: { ...event.data, later: 1 } })).to.equal(true);
        expect(isValid?.({ ...event, data: {} })).to.equal(false);
      }
    }
  });

  it('give the schema of their data by its name', () => {
    for (const [, schema] of CURRENT) {
      const { $id, properties } = schema as JsonSchema & { readonly $id: string };
      expect(properties?.['dataschema']?.const).to.equal(`${$id}#/properties/data`);
    }
  });
});
