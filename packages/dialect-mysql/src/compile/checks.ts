import { type CompileTable, noneExpected } from '@org/migrate-core/dialect'
import { classify, grammar } from '../classify.ts'
import { quote } from '../quote.ts'

export const checkStatements: Pick<CompileTable, 'expectNone'> = {
  expectNone: ({ operation: { what, query } }) => [
    noneExpected(what, typeof query === 'string' ? query : query.mysql, { quote, grammar, classify }),
  ],
}
