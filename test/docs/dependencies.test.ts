import { expect } from 'chai';
import { listItems, readText } from './markdown.ts';

type DependencyManifest = Readonly<
  Record<
    'dependencies' | 'devDependencies' | 'optionalDependencies',
    Readonly<Record<string, string>> | undefined
  >
> & { readonly version: string };

const manifestOf = (path: string): DependencyManifest =>
  JSON.parse(readText(path)) as DependencyManifest;

describe('docs/dependencies.md', () => {
  const [root, sources, embedded] = ['', 'src/', 'embedded/'].map((folder) =>
    manifestOf(`${folder}package.json`),
  );
  const items = listItems(readText('docs/dependencies.md')).map((item) => {
    const [, name = item, version, reason = ''] = /^`([^`]+)` (\S+): (.*)$/s.exec(item) ?? [];
    return { name, version, reason };
  });

  it('names every package and its version, each once', () => {
    const named = [
      sources?.dependencies,
      root?.devDependencies,
      embedded?.optionalDependencies,
    ].flatMap((packages = {}) => Object.entries(packages));

    expect(items.map(({ name, version }) => `${name} ${version}`)).to.have.members(
      named.map(([name, version]) => `${name} ${version}`),
    );
  });

  it('says why each is there, and when it was last released', () => {
    for (const { name, reason } of items.filter(({ version }) => !version?.startsWith('file:'))) {
      expect(reason, name).to.match(/^\S.{4,}\. Released 20\d\d-\d\d-\d\d/s);
    }
  });

  it('is about exact versions', () => {
    const versions = items.map(({ version }) => version);
    const loose = versions.filter((version = '') => !/^(\d+\.\d+\.\d+|file:\w+)$/.test(version));

    expect(loose).to.deep.equal([]);
  });

  it('gives the installed packages no dependency, and one version', () => {
    expect(root?.dependencies).to.equal(undefined);
    expect(embedded?.dependencies).to.equal(undefined);
    expect([sources?.version, embedded?.version]).to.deep.equal([root?.version, root?.version]);
  });
});
