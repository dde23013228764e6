import { type CompileTable, noneExpected } from '@org/migrate-core/dialect'
import { classify, grammar } from '../grammar.ts'
import { quote } from '../quote.ts'
import { dialectName, unsupported } from '../unsupported.ts'

export const checkStatements: Pick<CompileTable, 'expectNone'> = {
  expectNone: ({ operation: { what, query } }) =>
    typeof query === 'string'
      ? [noneExpected(what, query, { quote, grammar, classify })]
      : unsupported('expectNone', `it has no text for ${dialectName}; record it with op.on() and \`otherwise\``),
}
