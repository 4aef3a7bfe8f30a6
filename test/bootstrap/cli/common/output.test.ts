import { Writable } from 'node:stream';
import { expect } from 'chai';
import { createOutput } from '../../../../src/bootstrap/cli/common/output.ts';

/** What a terminal gets of an output while `does` runs. */
const written = (
  json: boolean,
  does: (output: ReturnType<typeof createOutput>) => void,
): string => {
  const parts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      parts.push(text);
      done();
    },
  });
  does(createOutput({ json }, { stdout: stream, stderr: stream }));
  return parts.join('');
};

const HOSTILE = 'a\u001b]0;x\u0007\u001b[2Jb\u202ec\u2066d\u2028e\u0085f\u009bg\rh\u200fi';

describe('what a command writes', () => {
  for (const json of [false, true]) {
    it(`steers no terminal, whatever stands in stored texts: ${json ? 'JSON' : 'text'}`, () => {
      const text = written(json, (output) => {
        output.data({ reason: HOSTILE }, () => HOSTILE);
        output.line(HOSTILE);
        output.note(HOSTILE);
        output.failure({ type: 'T', message: HOSTILE, details: [HOSTILE], exitCode: 1 });
      });
      expect(text).to.not.match(
        /[^\P{Cc}\n]|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
      );
      expect(text).to.include('\\u202e');
      if (json) {
        expect(JSON.parse(text.split('\n')[0] ?? '')).to.deep.equal({ reason: HOSTILE });
      }
    });
  }

  it('takes no way to hide a text for a colour', () => {
    const hiding = ['\u001b[8m', '\u001b[30m', '\u001b[7m', '\u001b[5m', '\u001b[40m'];
    for (const code of hiding) {
      expect(written(false, (output) => output.line(`a${code}b`))).to.include('\\u001b[');
    }
  });

  it('keeps lines, tabs and colours', () => {
    const text = 'a\n\tb \u001b[31mred\u001b[39m';
    expect(written(false, (output) => output.line(text))).to.equal(`${text}\n`);
  });
});
