import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { VERSION } from '../../../src/bootstrap/version.ts';
import { notesOf } from '../../../src/bootstrap/packaging/releaseNotes.ts';
import { readText, TOP } from '../../docs/markdown.ts';

const CHANGELOG = `# Changelog

## [Unreleased] 2.0.0

- Not yet.

## [1.1.0] - 2026-11-29

### Added

- A thing.

## [1.0.0] - 2026-01-02

- The first.
`;

describe('the notes of a release', () => {
  it('are the section of its version, and of no other', () => {
    expect(notesOf(CHANGELOG, '1.1.0')._unsafeUnwrap()).to.equal('### Added\n\n- A thing.\n');
    expect(notesOf(CHANGELOG, '1.0.0')._unsafeUnwrap()).to.equal('- The first.\n');
  });

  it('are refused for a version that is not there, or that has no date yet', () => {
    expect(notesOf(CHANGELOG, '1.0')._unsafeUnwrapErr()).to.contain('no section of 1.0');
    expect(notesOf(CHANGELOG, '2.0.0')._unsafeUnwrapErr()).to.contain('is not [2.0.0] - ');
  });

  it('can be had for the version that is being made, once its section is dated', () => {
    const dated = readText('CHANGELOG.md').replace(
      `[Unreleased] ${VERSION}\n`,
      `[${VERSION}] - 2026-11-29\n`,
    );
    expect(notesOf(dated, VERSION)._unsafeUnwrap()).to.contain('### Added');
  });

  it('are refused for a tag that is not the version of all packages', async () => {
    const args = ['src/bootstrap/packaging/releaseNotes.ts', 'v99.0.0'];
    const failed = await promisify(execFile)(process.execPath, args, { cwd: TOP }).then(
      () => ({ code: 0, stderr: '' }),
      (error: { readonly code: number; readonly stderr: string }) => error,
    );
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.contain('v99.0.0 is not the version of package.json');
  });
});
