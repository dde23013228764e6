import { autogenerateMutants } from '../../autogenerate/mutants.ts'
import { teamMutants } from '../../cli/mutants.ts'
import { mysqlMutants } from '../../dialects/mysql/mutants.ts'
import { postgresMutants } from '../../dialects/postgres/mutants.ts'
import { sessionMutants } from '../../dialects/sqlite/connection/mutants.ts'
import { familyMutants } from '../../dialects/sqlite/family/mutants.ts'
import { sqliteMutants } from '../../dialects/sqlite/mutants.ts'
import { rebuildMutants } from '../../dialects/sqlite/rebuild/mutants.ts'
import { chainMutants } from '../../openwebui/mutants.ts'
import { startMutants } from '../../unit/ensure/mutants.ts'
import { programMutants } from '../../unit/files/mutants.ts'
import { graphMutants } from '../../unit/graph/mutants.ts'
import { segmentMutants } from '../../unit/journal/mutants.ts'
import { lockMutants } from '../../unit/lock/mutants.ts'
import { operationMutants } from '../../unit/operations/mutants.ts'
import { executeMutants } from '../../unit/run/mutants.ts'
import { squashMutants } from '../../unit/squash/mutants.ts'
import type { Mutant } from './mutant.ts'

/** All defects; `npm run test:mutants` puts them in, one at a time. */
export const mutants: readonly Mutant[] = [
  ...graphMutants,
  ...operationMutants,
  ...rebuildMutants,
  ...familyMutants,
  ...sessionMutants,
  ...sqliteMutants,
  ...executeMutants,
  ...programMutants,
  ...chainMutants,
  ...segmentMutants,
  ...lockMutants,
  ...startMutants,
  ...squashMutants,
  ...postgresMutants,
  ...mysqlMutants,
  ...teamMutants,
  ...autogenerateMutants,
]
