import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, expect, it } from 'vitest'
import { ensureBuilt, root } from '../../cli/project.ts'
import { home } from './generate.ts'

beforeAll(ensureBuilt)

it('a program gets the types of drizzle-orm 1.0 from what opens a database', { timeout: 300_000 }, () => {
  const orm = join(home, 'node_modules/drizzle-orm')
  const program = ts.createProgram([join(home, 'types/open.ts')], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths: {
      'drizzle-orm': [join(orm, 'index.d.ts')],
      'drizzle-orm/*-core': [join(orm, '*-core/index.d.ts')],
      'drizzle-orm/*-proxy': [join(orm, '*-proxy/index.d.ts')],
      '@org/migrate-drizzle/*': [join(root, 'packages/drizzle/dist/*.d.ts')],
    },
  })
  const found = ts.getPreEmitDiagnostics(program)
  expect(ts.formatDiagnostics(found, ts.createCompilerHost({}))).toBe('')
})
