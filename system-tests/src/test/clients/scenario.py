"""From a declaration to a verified backup, by the generated client. Prints the backup's id."""

import os

import holdfast_client as holdfast

client = holdfast.ApiClient(
    holdfast.Configuration(host=os.environ["HOLDFAST"], access_token=os.environ["HOLDFAST_KEY"])
)
name = os.environ["NAME"]


def finished(job: holdfast.Job) -> holdfast.Job:
    jobs = holdfast.JobsApi(client)
    while not job.done:
        job = jobs.get_job(job.id)
    assert job.outcome == "SUCCEEDED", job
    return job


holdfast.RepositoriesApi(client).put_repository(
    name,
    holdfast.RepositoryRequest(
        type="FILESYSTEM", filesystem=holdfast.FilesystemLocation(path=os.environ["REPOSITORY"])
    ),
)
holdfast.ClustersApi(client).put_cluster(
    name,
    holdfast.ClusterRequest(
        repository=name,
        credentials_ref=os.environ["CREDENTIALS"],
        nodes=[holdfast.Node(name="primary", host="127.0.0.1", port=int(os.environ["PORT"]))],
    ),
)
job = finished(
    holdfast.BackupsApi(client).create_backup(
        name, holdfast.BackupRequest(method="LOGICAL"), wait=50, idempotency_key=name
    )
)
backup = holdfast.BackupsApi(client).get_backup(job.result.backup_id)
assert backup.artifacts, backup
finished(
    holdfast.VerificationsApi(client).create_verification(
        backup.id, holdfast.VerificationRequest(level="STRUCTURE"), wait=50
    )
)
try:
    holdfast.ClustersApi(client).get_cluster("nobody")
    raise AssertionError("a cluster that nobody declared was found")
except holdfast.ApiException as refused:
    assert refused.status == 404, refused
print("verified", backup.id)
