import { expect } from 'chai';
import { readText } from './markdown.ts';
import { CHECKOUT, matches, runTutorial, stepsOf } from './tutorial.ts';
import { describeInTurn, runsOf } from '../support/runs.ts';

describeInTurn(0, 'docs/tutorial.md', () => {
  // The demo, and on CI all that follows: other tests run these commands too, in this process.
  it('is what happens, command by command', async () => {
    const prefix = process.env['TUTORIAL_PREFIX'] || CHECKOUT;
    await runTutorial({ prefix, steps: runsOf(1, Infinity) });
  });

  it('says of every command but those that only write what it prints', () => {
    const steps = stepsOf(readText('docs/tutorial.md'));
    const silent = steps.filter(({ expected }) => expected === undefined);

    expect(steps).to.have.length.greaterThan(10);
    expect(silent).to.have.length.lessThan(2);
  });
});

describe('The runner of the tutorial', () => {
  const page = ['order     first', '…', 'refund    EUR 4.82 as re_4fffaba08ad84f8640651ccf at …'];
  const printed = 'order     first\na\nb\nrefund    EUR 4.82 as re_ffffaba08ad84f8640651ccf at x\n';

  it('takes times, references and what is left out as they come', () => {
    expect(matches(printed, page)).to.equal(true);
  });

  for (const [what, wrong] of [
    ['another amount', printed.replace('4.82', '4.83')],
    ['a line more', `${printed}more\n`],
    ['a line less', printed.replace(/refund.*/, '')],
    ['other words', printed.replace('first', 'second')],
  ] as const) {
    it(`refuses ${what}`, () => expect(matches(wrong, page)).to.equal(false));
  }
});
