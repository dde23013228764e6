import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../tree.ts'

export const home = join(root, 'test')

/** Of files on the disk, which programs of one process share. */
const sources = new Map<string, ts.SourceFile | undefined>()

/** A program of texts as modules that stand in the folder of the tests. */
export function programOf(documents: ReadonlyMap<string, string>): ts.Program {
  const { config } = ts.readConfigFile(join(home, 'tsconfig.json'), ts.sys.readFile) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, home)
  const files = new Map([...documents].map(([name, text]) => [join(home, name), text]))
  // A name that an example declares and does not use is for its reader.
  const relaxed = { ...options, noUnusedLocals: false, noUnusedParameters: false, noEmit: true }
  const host = ts.createCompilerHost(relaxed, true)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path)
    if (text !== undefined) return ts.createSourceFile(path, text, version, true)
    if (!sources.has(path)) sources.set(path, getSourceFile(path, version, ...rest))
    return sources.get(path)
  }
  return ts.createProgram([...files.keys()], relaxed, host)
}

/** Type-checks texts as modules that stand in the folder of the tests. Gives `name:line: message`. */
export function typeErrors(documents: ReadonlyMap<string, string>): readonly string[] {
  const program = programOf(documents)
  return [...documents.keys()].flatMap((name) => {
    const source = program.getSourceFile(join(home, name))
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return diagnostics.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}
