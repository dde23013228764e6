import { type CompileTable, noneExpected } from '@org/migrate-core/dialect'
import { classify } from '../classify.ts'
import { grammar } from '../grammar.ts'
import { quote } from '../quote.ts'

export const checkStatements: Pick<CompileTable, 'expectNone'> = {
  expectNone: ({ operation: { what, query } }) => [
    noneExpected(what, typeof query === 'string' ? query : query.postgres, { quote, grammar, classify }),
  ],
}
