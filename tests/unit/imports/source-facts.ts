// What a source file uses, as the compiler reads it: imports of every form, and the globals that tie it to a process, a
// clock or chance.
import * as path from 'node:path';
import * as ts from 'typescript';

export interface Import {
  /** A file of this project without `.ts`, a package, or `node`. */
  readonly target: string;
  readonly isFile: boolean;
  /** Nothing is left of it in JavaScript. */
  readonly isTypeOnly: boolean;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  /** `process`, `Math.random`, `Date.now`, … */
  readonly globals: ReadonlySet<string>;
}

const CALLS = ['Math.random', 'Date.now', 'performance.now'];

/** @param file its path in the project */
export function readSource(file: string, text: string): SourceFacts {
  const imports: Import[] = [];
  const globals = new Set<string>();
  const add = (specifier: ts.Expression | undefined, isTypeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) {
      imports.push({ target: 'a name that is computed', isFile: false, isTypeOnly });
      return;
    }
    if (specifier.text === 'node:process') globals.add('process');
    const isFile = specifier.text.startsWith('.');
    const target = isFile ? path.posix.join(path.posix.dirname(file), specifier.text) : packageOf(specifier.text);
    imports.push({ target, isFile, isTypeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? literal(node.argument) : undefined, true);
    else if (ts.isCallExpression(node) && isImportCall(node.expression)) add(node.arguments[0], false);
    else if (ts.isPropertyAccessExpression(node) && CALLS.includes(node.getText())) globals.add(node.getText());
    else if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      globals.add('new Date()');
    } else if (ts.isIdentifier(node) && node.text === 'process' && isFree(node)) globals.add('process');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return { imports, globals };
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isImportCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function literal({ literal: found }: ts.LiteralTypeNode): ts.Expression | undefined {
  return ts.isStringLiteral(found) ? found : undefined;
}

/** Whether it names the global: not a member of something else, a key, or a name that is given here. */
function isFree(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (ts.isPropertyAccessExpression(parent))
    return parent.expression === identifier || parent.getText() === 'globalThis.process';
  if (ts.isBindingElement(parent)) return parent.initializer === identifier;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === identifier;
  return !ts.isPropertySignature(parent) && !ts.isImportSpecifier(parent);
}
