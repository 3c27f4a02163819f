// What of a set of source files the table of imports forbids. Knows no disk, so that a test can hand it any set.
import { FILE_ACCESS, IMPORT_TABLE, PURE, type Row, SOLE_USERS } from './import-table';
import { readSource, type SourceFacts } from './source-facts';

/** Text by path. */
export type Sources = ReadonlyMap<string, string>;

/** What was read, by path and text: the tests ask about the same sources many times, and reading one takes a compiler. */
const read = new Map<string, SourceFacts>();

function factsOf(file: string, text: string): SourceFacts {
  const key = `${file}\0${text}`;
  const facts = read.get(key) ?? readSource(file, text);
  read.set(key, facts);
  return facts;
}

/** The row of a file: the longest place that it lies in. */
export function rowOf(file: string): Row | undefined {
  const rows = IMPORT_TABLE.filter(({ place }) => file === place || file.startsWith(`${place}/`));
  return rows.sort((left, right) => right.place.length - left.place.length)[0];
}

/** One sentence each; none when all is as it should be. */
export function violationsOf(sources: Sources): readonly string[] {
  const files = [...sources.keys()];
  return [
    ...IMPORT_TABLE.filter((row) => !files.some((file) => rowOf(file) === row)).map(
      ({ place }) => `${place} has no source: its row is about nothing`,
    ),
    ...[...sources].flatMap(([file, text]) => violationsIn(file, text)),
  ];
}

/** What the table permits and no source makes use of. */
export function unusedPermissions(sources: Sources): readonly string[] {
  const used = new Set<string>();
  for (const [file, text] of sources) {
    for (const { target, isFile } of factsOf(file, text).imports) {
      used.add(`${rowOf(file)?.place} ${isFile ? rowOf(`${target}.ts`)?.place : target}`);
    }
  }
  return IMPORT_TABLE.flatMap(({ place, imports, packages }) =>
    [...imports, ...packages].map((name) => `${place} ${name}`).filter((pair) => !used.has(pair)),
  );
}

/** The same as violationsOf(), of one file. */
export function violationsIn(file: string, text: string): readonly string[] {
  const row = rowOf(file);
  if (row === undefined) return [`${file} lies in no folder that the table of imports names`];
  const facts = factsOf(file, text);
  return [...forbiddenImports(file, row, facts), ...forbiddenGlobals(file, row, facts)];
}

function forbiddenImports(file: string, row: Row, { imports }: SourceFacts): readonly string[] {
  return imports.flatMap(({ target, isFile, isTypeOnly }) => {
    if (isFile) {
      const other = rowOf(`${target}.ts`);
      if (other === row || (other && row.imports.includes(other.place))) return [];
      return [`${file} imports ${target}: ${row.place} may not import ${other?.place ?? 'what is no source'}`];
    }
    if (!row.packages.includes(target)) return [`${file} imports ${target}: ${row.place} may not use it`];
    const sole = SOLE_USERS[target];
    if (sole !== undefined && sole !== file && !isTypeOnly) return [`${file} imports ${target}: only ${sole} uses it`];
    if (target === 'node' && PURE.includes(row.place) && !FILE_ACCESS.includes(file)) {
      return [`${file} imports node: it is to read records and nothing else`];
    }
    return [];
  });
}

function forbiddenGlobals(file: string, row: Row, { globals }: SourceFacts): readonly string[] {
  const isMain = file.endsWith('/main.ts') || row.place === 'scripts';
  return [...globals].flatMap((name) => {
    if (name === 'process') return isMain ? [] : [`${file} touches process: only main.ts files do`];
    return PURE.includes(row.place) ? [`${file} uses ${name}: it is to give the same always`] : [];
  });
}
