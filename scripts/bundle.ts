// `npm run bundle -- server`: joins what `npm run build` compiled, and the packages that it uses, into one file:
// bundle/server/main.js. The images run it: to find, read and compile three hundred files is a third of a start.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.join(__dirname, '..');

/** The packages read files that lie beside their code, such as *.proto. They stay in place: `outFile` looks for them there. */
const filesInPlace = (outFile: string): Plugin => ({
  name: 'files-in-place',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const folder = path.relative(path.dirname(outFile), path.dirname(file)).split(path.sep).join('/');
      const inPlace = `require('node:path').join(__dirname, ${JSON.stringify(folder)})`;
      return { contents: source.replace(/\b__dirname\b/g, () => inPlace), loader: 'js' };
    });
  },
});

async function bundle(service: string): Promise<void> {
  const outfile = path.join(ROOT, 'bundle', service, 'main.js');
  await build({
    entryPoints: [path.join(ROOT, 'dist', service, 'main.js')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // The packages' licences are in node_modules, which the images hold as well.
    legalComments: 'none',
    plugins: [filesInPlace(outfile)],
  });
}

Promise.all(process.argv.slice(2).map(bundle)).catch(() => {
  // esbuild has said what is wrong.
  process.exitCode = 1;
});
