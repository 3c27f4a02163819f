// Loads TypeScript as `ts-node/register/transpile-only` does, for `node -r`, but compiles each version of a file only once:
// the tests start some two hundred processes, and most of their time would go into compiling the same sources again.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/tests-typescript');
const CONFIG = path.join(ROOT, 'tsconfig.json');

const settings = [readFileSync(CONFIG, 'utf8'), require('typescript/package.json').version].join('\n');

/** The JavaScript of `source`, with its source map. */
function compile(source, fileName) {
  const ts = require('typescript');
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const compilerOptions = { ...options, noEmit: false, inlineSourceMap: true, inlineSources: true };
  return ts.transpileModule(source, { compilerOptions, fileName }).outputText;
}

require.extensions['.ts'] = (module, fileName) => {
  const source = readFileSync(fileName, 'utf8');
  const key = createHash('sha256').update([settings, fileName, source].join('\0')).digest('hex');
  const cached = path.join(CACHE, `${key}.js`);
  let compiled;
  try {
    compiled = readFileSync(cached, 'utf8');
  } catch {
    compiled = compile(source, fileName);
    mkdirSync(CACHE, { recursive: true });
    // Under a name of its own first: another process may write or read the same.
    const own = `${cached}.${process.pid}`;
    writeFileSync(own, compiled);
    renameSync(own, cached);
  }
  module._compile(compiled, fileName);
};
process.setSourceMapsEnabled(true);
