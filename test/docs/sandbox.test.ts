import { expect } from 'chai';
import {
  FAULT_NAMES,
  FAULTS,
  FAULT_LIMITS,
  NO_FAULTS,
  parseFaultSettings,
} from '../../src/adapters/embedded/stripe/faultSettings.ts';
import {
  behaviourOf,
  PAYMENT_METHODS,
  refundBehaviourOf,
  type Behaviour,
} from '../../src/adapters/embedded/stripe/paymentMethods.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { fenced, readText, tableRows } from './markdown.ts';

describe('docs/sandbox.md', () => {
  const page = readText('docs/sandbox.md');
  const names = (cell = ''): readonly string[] =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
  /** Of both tables: Stripe's methods, and the sandbox's own. */
  const [stripes = '', own = ''] = page.split('And those that only the sandbox has');

  it('lists every payment method, and of no other', () => {
    const methods = [stripes, own]
      .flatMap((part) => tableRows(part, 'payment method'))
      .flatMap(([cell]) => names(cell));

    expect(methods).to.have.members(PAYMENT_METHODS);
  });

  it('names the fault that each of the sandbox’s own methods shows', () => {
    const shown = (behaviour: Behaviour | undefined): readonly string[] =>
      behaviour?.type === 'Show' ? [behaviour.fault] : [];

    for (const [cell, fault] of tableRows(own, 'payment method')) {
      const [method = ''] = names(cell);
      const faults = [...shown(behaviourOf(method)), ...shown(refundBehaviourOf(method))];
      expect(names(fault), method).to.deep.equal(faults);
    }
  });

  it('lists every fault, and of the requests that it is for', () => {
    const rows = tableRows(page, 'fault').map(([fault, requests]) => [names(fault)[0], requests]);

    expect(rows).to.have.deep.members(FAULT_NAMES.map((name) => [name, FAULTS[name].join(', ')]));
  });

  it('says what is preset and what the limits are', () => {
    const { percent: _, ...presets } = NO_FAULTS;
    const documented = new Map(
      tableRows(page, 'option').map(([, json, preset, most]) => [names(json)[0], [preset, most]]),
    );

    expect([...documented.keys()]).to.have.members(['percent', ...Object.keys(FAULT_LIMITS)]);
    for (const [name, most] of Object.entries(FAULT_LIMITS)) {
      const preset = name in presets ? String(presets[name as keyof typeof presets]) : 'at random';
      expect(documented.get(name), name).to.deep.equal([preset, String(most)]);
    }
  });

  it('shows settings that are taken', () => {
    const settings = fenced(page, 'sh').flatMap((text) =>
      [...text.matchAll(/-d '(\{.*\})'/g)].map(([, json = '']) => JSON.parse(json) as unknown),
    );

    expect(settings).to.have.length(1);
    for (const each of settings) expect(parseFaultSettings(each).isOk()).to.equal(true);
  });

  it('lists every path that is served', () => {
    const served = sourcesBelow('src/adapters/embedded')
      .filter(({ path }) => path.includes('/stripe'))
      .flatMap(({ text }) => [...text.matchAll(/'(\/(?:v1|sandbox)\/[\w/:]+)'/g)])
      .map(([, path]) => path);
    const listed = tableRows(page, 'request').flatMap(([cell = '']) =>
      [...cell.matchAll(/(\/(?:v1|sandbox)\/[\w/:]+)/g)].map(([, path]) => path),
    );

    expect(new Set(listed)).to.deep.equal(new Set(served));
  });
});
