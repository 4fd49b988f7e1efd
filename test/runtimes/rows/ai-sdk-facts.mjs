const once = [[1, 0]]
const repeated = [[1, 5]]
const FRAMES = ['https://example.com/first.png', 'https://example.com/last.png']

/** What the scenes of programs/ai-sdk.mjs must see under both majors. `bought` holds creates and replays of each task. */
export const EXPECTED = {
  generates: {
    file: 'ftyp',
    mediaType: 'video/mp4',
    warnings: [],
    hasTask: true,
    cost: 0.3,
    modelId: 'hailuo-02-text-to-video-standard',
    duration: 6,
    agent: 'runapi-video/x ai/x',
    bought: once,
  },
  warns: ['aspectRatio', 'fps', 'seed'],
  refuses: { code: 'validation', marks: [true, false], requests: 0 },
  takesProviderOptions: [false, 'order-1'],
  passesTheKeyOn: { bought: [[1, 1]], replayed: true },
  uploadsBytes: 'https://tempfile.runapi.ai/temp/file/upload.png',
  takesFrames: [...FRAMES, []],
  takesAVideo: 'https://example.com/park-walk.mp4',
  makesTwo: { videos: 2, handles: 2, bought: [...once, ...once] },
  aborts: { isReason: true, bought: once },
  fails: { name: 'TaskFailedError', hasTask: true, marked: true, bought: once },
  losesAnswersWithoutAKey: { code: 'unknown_outcome', hasKey: true, bought: [[1, 2]] },
  losesAnswersWithAKey: { videos: 1, bought: repeated },
  isSentAway: { videos: 1, bought: once },
  hasTheWrongKey: {
    name: 'AuthenticationError',
    statusCode: 401,
    isRetryable: false,
    marked: true,
    requests: 1,
  },
  findsModelsByName: { unknown: true, custom: 1, byName: 1 },
}

/** What they must see under `ai@7` besides. */
export const OF_START = {
  polls: { videos: 1, polls: 12, hasTask: true, cost: 0.5, bought: once },
  pollsByItsOwnTimers: 1,
  abortsBetweenPolls: { name: 'AbortError', bought: once },
  failsBetweenPolls:
    'hailuo.textToVideo tsk_1: the generation failed: Too dark; RunAPI says that it does not charge failed generations. To try again, create a task with a new idempotency key',
  startsAndAsks: {
    warnings: ['seed'],
    statuses: ['pending', 'completed'],
    isUrl: true,
    webhook: 'https://your.app/hook',
  },
  startsWithLostAnswers: { hasTask: true, bought: repeated },
  asksAgain: 'pending',
  waitsForAWebhook: { videos: 1, polls: 1, bought: once },
  isSentAForgedWebhook: { videos: 1, waited: true, bought: once },
  asksARegistry: 1,
}

const replayed = {
  type: 'other',
  message:
    'the idempotency key had been used: this is the video of that purchase, and nothing was bought again',
}

/** What the blocks of docs/ai-sdk.md must print. */
export const GUIDE = {
  blocks: 6,
  first: ['video/mp4', true, []],
  luma: [[['video/mp4']], false],
  order: [[[[replayed]]], [1]],
  tested: [true, 1],
  errors: ['created', 3, '.mp4'],
}
export const GUIDE_OF_START = { statuses: ['pending', 'completed'] }
