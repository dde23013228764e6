import { elsewhere } from './elsewhere.ts'
import { fileAnswers } from './files.ts'
import { graphAnswers } from './graph.ts'
import { operationAnswers } from './operations.ts'
import { planAnswers } from './plans.ts'
import type { Answers } from './scenario.ts'
import { sessionAnswers } from './sessions.ts'
import { stepAnswers } from './steps.ts'

export const answers: Answers = {
  ...elsewhere,
  ...fileAnswers,
  ...graphAnswers,
  ...operationAnswers,
  ...planAnswers,
  ...stepAnswers,
  ...sessionAnswers,
}
