/**
 * The checks of test/tidy.test.ts. Each takes a path from the root and the text of a source, and
 * answers what is wrong with it; nothing is an empty list. Code is read by the compiler's own parser,
 * so that words in comments and strings are not taken for code.
 */
import { posix } from 'node:path';
import ts from 'typescript';

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 70;

/** Which files may import what, as paths from the root or names of packages. */
const LAYERS: readonly { readonly of: RegExp; readonly may: RegExp }[] = [
  { of: /^lambdas\/core\//, may: /^lambdas\/core\// },
  { of: /^lambdas\/core\/edge\//, may: /^lambdas\/core\/(edge\/|settings$)/ },
  {
    of: /^lambdas\/adapters\//,
    // Of smithy the handler alone: the SDK's own of Kinesis speaks HTTP/2.
    may: /^(lambdas\/(core|adapters)\/|@aws-sdk\/|@smithy\/node-http-handler$|@aws-lambda-powertools\/|aws-lambda$|node:)/,
  },
  { of: /^(bin|lib|lambdas\/(?!adapters\/))/, may: /^(?!@aws-sdk\/)/ },
  { of: /^lambdas\//, may: /^(?!aws-cdk-lib|constructs$)/ },
  { of: /^lib\/(?!bundle)/, may: /^(lib\/|lambdas\/core\/|aws-cdk-lib|constructs$|zod$)/ },
  // The one that writes files: it bundles the functions.
  { of: /^lib\/bundle/, may: /^(lib\/|esbuild$|node:)/ },
  // The rig reads these too, and needs no CDK for it.
  { of: /^lib\/(pipeline|tables)/, may: /^lambdas\/core\// },
  { of: /^lib\/config/, may: /^(lib\/config|lambdas\/core\/|zod$)/ },
  { of: /^(lib|lambdas)\//, may: /^(?!(bin|test|bench|local|web)\/)/ },
];

/** Imports that the layer of a file may not have. */
export function checkImports(file: string, text: string): string[] {
  const layers = LAYERS.filter(({ of }) => of.test(file));
  return importsOf(file, text).filter((name) => !layers.every(({ may }) => may.test(name)));
}

function importsOf(file: string, text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? posix.join(posix.dirname(file), fileName) : fileName,
  );
}

/** What the answer of a machine goes into: its clock, chance, environment, zone of time. */
const MACHINE_NAMES = /^(process|performance|crypto|globalThis|setTimeout|setInterval|require)$/;
const MACHINE_MEMBERS = /^(Date\.now|Math\.random)$/;
const LOCAL_TIME =
  /^(get(Hours|Minutes|Day|Date|Month|FullYear|TimezoneOffset)|toLocale\w*|toString)$/;

/** Where core would ask the machine that it runs on. */
export function checkMachine(file: string, text: string): string[] {
  const found: string[] = [];
  visit(parse(file, text), (node) => {
    if (ts.isIdentifier(node) && MACHINE_NAMES.test(node.text) && !isMemberName(node)) {
      found.push(node.text);
    }
    if (ts.isPropertyAccessExpression(node)) {
      const name = `${node.expression.getText()}.${node.name.text}`;
      if (MACHINE_MEMBERS.test(name)) found.push(name);
      // `toString` of a number is harmless; that of a date is in the zone of the machine.
      const isOfDate = /^(new Date\b|.*\b[dD]ate$)/.test(node.expression.getText());
      if (LOCAL_TIME.test(node.name.text) && (node.name.text !== 'toString' || isOfDate)) {
        found.push(name);
      }
    }
    if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return;
    const callee = node.expression.getText();
    const given = node.arguments ?? [];
    // One argument is a time; none is now, several are a time by the clocks of the machine.
    if (callee === 'Date' && (given.length !== 1 || ts.isCallExpression(node))) {
      found.push(`Date(${given.length} arguments)`);
    }
    if (callee === 'Intl.DateTimeFormat' && !/\btimeZone\b/.test(node.getText())) {
      found.push('Intl.DateTimeFormat without timeZone');
    }
  });
  return found;
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return ts.isMethodDeclaration(parent) || ts.isPropertyAssignment(parent);
}

const NO_NAMES = /^(index|utils?|common|manager|service|base)$/;

/** Kebab-case, and a noun that says something. */
export function checkFileName(file: string): string[] {
  const name = posix.basename(file);
  const [, stem] =
    /^([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?:test|bench|schema|as|d))?\.\w+$/.exec(name) ?? [];
  if (stem === undefined) return [`${name} is not kebab-case`];
  const part = stem.split('-').find((word) => NO_NAMES.test(word));
  return part === undefined ? [] : [`${name} is named ${part}`];
}

export function checkDefaultExports(file: string, text: string): string[] {
  const found: string[] = [];
  visit(parse(file, text), (node) => {
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    const isDefault =
      (ts.isExportAssignment(node) && !node.isExportEquals) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default') ||
      modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    if (isDefault) found.push('default export');
  });
  return found;
}

/** Notes to ourselves need the number of an issue, or nobody ever finds them again. */
export function checkNotes(_file: string, text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /\b(TO-?DO|FIXME)\b/.test(line) && !/#\d+/.test(line))
    .map((line) => line.trim());
}

/** Tests that run alone. */
export function checkLoneTests(file: string, text: string): string[] {
  const found: string[] = [];
  visit(parse(file, text), (node) => {
    if (!ts.isCallExpression(node)) return;
    const callee = node.expression.getText();
    if (/^((describe|it|test)(\.\w+)*\.only|fit|fdescribe)\b/.test(callee)) found.push(callee);
  });
  return found;
}

export function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

export interface LongFunction {
  readonly name: string;
  readonly lines: number;
}

/** Functions above the outer mark. The callback of a `describe` is a chapter, no function. */
export function findLongFunctions(file: string, text: string): LongFunction[] {
  const source = parse(file, text);
  const lineAt = (at: number) => source.getLineAndCharacterOfPosition(at).line;
  const found: LongFunction[] = [];
  visit(source, (node) => {
    if (!ts.isFunctionLike(node) || isChapter(node)) return;
    const lines = lineAt(node.end) - lineAt(node.getStart()) + 1;
    if (lines > FUNCTION_LINES_MAX) found.push({ name: nameOf(node), lines });
  });
  return found;
}

function isChapter({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && /^describe(With\w+)?\b/.test(parent.expression.getText());
}

function nameOf(node: ts.SignatureDeclaration): string {
  const own = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return own?.getText() ?? 'a function without a name';
}

/** Dependencies that are not one exact version. */
export function checkVersions(packageJson: string): string[] {
  const { dependencies, devDependencies } = JSON.parse(packageJson) as Record<
    string,
    Record<string, string> | undefined
  >;
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name} ${version}`);
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}
