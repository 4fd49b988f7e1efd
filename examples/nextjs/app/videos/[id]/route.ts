import { RunApiClient } from 'runapi-video'

const runapi = new RunApiClient() // reads RUNAPI_API_KEY

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params
  return Response.json(await runapi.task('hailuo.textToVideo', id).poll())
}
