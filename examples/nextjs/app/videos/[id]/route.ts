import { NotFoundError, RunApiClient, type TaskState } from 'runapi-video'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY

/** What a visitor may see: not the raw answer, and not what it cost. */
const viewOf = (state: TaskState) => {
  if (state.status === 'completed') return { status: state.status, videos: state.videos }
  return state.status === 'failed'
    ? { status: state.status, error: state.error.message }
    : { status: state.status }
}

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params
  if (!/^[\w-]+$/.test(id)) return new Response('not found', { status: 404 })
  try {
    return Response.json(viewOf(await runapi.task('hailuo.textToVideo', id).poll()))
  } catch (error) {
    if (error instanceof NotFoundError) return new Response('not found', { status: 404 })
    console.error(error)
    return new Response('something went wrong', { status: 500 })
  }
}
