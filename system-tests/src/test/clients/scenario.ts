// From a declaration to a verified backup, by the generated client. Prints the backup's id.
import {
  BackupsApi,
  ClustersApi,
  Configuration,
  Job,
  JobsApi,
  RepositoriesApi,
  ResponseError,
  VerificationsApi,
} from "./client/index";

declare const process: { env: Record<string, string>; exitCode: number };

const configuration = new Configuration({
  basePath: process.env.HOLDFAST,
  accessToken: process.env.HOLDFAST_KEY,
});
const name = process.env.NAME;

function require_(holds: boolean, what: unknown): void {
  if (!holds) {
    throw new Error(JSON.stringify(what));
  }
}

async function finished(begun: Job): Promise<Job> {
  let job = begun;
  while (!job.done) {
    job = await new JobsApi(configuration).getJob({ id: job.id! });
  }
  require_(job.outcome === "SUCCEEDED", job);
  return job;
}

async function scenario(): Promise<void> {
  await new RepositoriesApi(configuration).putRepository({
    name,
    repositoryRequest: { type: "FILESYSTEM", filesystem: { path: process.env.REPOSITORY } },
  });
  await new ClustersApi(configuration).putCluster({
    name,
    clusterRequest: {
      repository: name,
      credentialsRef: process.env.CREDENTIALS,
      nodes: [{ name: "primary", host: "127.0.0.1", port: Number(process.env.PORT) }],
    },
  });
  const backups = new BackupsApi(configuration);
  const job = await finished(
    await backups.createBackup({
      name,
      backupRequest: { method: "LOGICAL" },
      wait: 50,
      idempotencyKey: name,
    }),
  );
  const backup = await backups.getBackup({ id: job.result!.backupId! });
  require_(backup.artifacts!.length > 0, backup);
  await finished(
    await new VerificationsApi(configuration).createVerification({
      id: backup.id!,
      verificationRequest: { level: "STRUCTURE" },
      wait: 50,
    }),
  );
  const refused = await new ClustersApi(configuration)
    .getCluster({ name: "nobody" })
    .catch((error: unknown) => error);
  require_(refused instanceof ResponseError && refused.response.status === 404, refused);
  console.log("verified", backup.id);
}

scenario().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
