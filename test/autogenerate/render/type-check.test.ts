import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Operation } from '@org/migrate-core/dialect'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { random } from '../../kit/random.ts'
import { kinds, operation } from '../../unit/operations/generate.ts'
import { base } from '../../unit/operations/kinds-world.ts'
import { everything } from './everything.ts'
import { projectFolder, rendered, singleBody } from './kit.ts'
import { typical } from './typical.ts'
import { withUnusualNames } from './unusual-names.ts'

const project = projectFolder()

/** As strict as a project can be, and without the types of Node. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: [],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['source'],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
}

/** What the compiler says of the files themselves, by their names. */
function complaints(fileTexts: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const files = Object.entries(fileTexts).map(([name, text]) => {
    const file = join(project.path, `${name}.ts`)
    writeFileSync(file, text)
    return file
  })
  const program = ts.createProgram(files, options)
  const complaintsOf = files.map((file) => {
    const source = program.getSourceFile(file)
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return [
      basename(file, '.ts'),
      diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ]
  })
  return Object.fromEntries(complaintsOf.filter(([, diagnostics]) => diagnostics?.length !== 0))
}

const randomly = (seed: number): readonly Operation[] => {
  const r = random(seed)
  const some = kinds.filter((kind) => kind !== 'run')
  return Array.from({ length: 200 }, () => withUnusualNames(r, operation(r, base, r.pick(some))))
}

it('a rendered file compiles under the strictest settings, before it is filled in and after', () => {
  const incomplete = rendered(typical['not-null'] ?? singleBody([]))
  const filled = (value: string): string =>
    incomplete.replace(/toFillIn\([^)]*\)/, value).replace('type OperationRecorder, toFillIn', 'type OperationRecorder')
  expect(filled("'en'")).not.toContain('toFillIn')
  expect(
    complaints({
      ...Object.fromEntries(Object.entries(typical).map(([name, input]) => [name, rendered(input)])),
      everything: rendered(singleBody(everything)),
      random1: rendered(singleBody(randomly(1))),
      random2: rendered(singleBody(randomly(2))),
      text: filled("'en'"),
      number: filled('1'),
      bigint: filled('9007199254740993n'),
      bytes: filled('new Uint8Array([0])'),
      // What the compiler has to see, or it sees nothing.
      date: filled('new Date()'),
      unused: incomplete.replace('[usersLocale, ...keys]', 'keys'),
    }),
  ).toEqual({
    date: [expect.stringMatching(/'Date' is not assignable to type 'SqlValue'/)],
    unused: ["'usersLocale' is declared but its value is never read."],
  })
})
