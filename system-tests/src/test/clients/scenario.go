// From a declaration to a verified backup, by the generated client. Prints the backup's id.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"

	holdfast "github.com/holdfast/holdfast-client-go"
)

func finished(ctx context.Context, client *holdfast.APIClient, job *holdfast.Job) *holdfast.Job {
	for !job.GetDone() {
		next, _, err := client.JobsAPI.GetJob(ctx, job.GetId()).Execute()
		check(err)
		job = next
	}
	if job.GetOutcome() != "SUCCEEDED" {
		log.Fatalf("%+v", job)
	}
	return job
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	configuration := holdfast.NewConfiguration()
	configuration.Servers = holdfast.ServerConfigurations{{URL: os.Getenv("HOLDFAST")}}
	client := holdfast.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), holdfast.ContextAccessToken, os.Getenv("HOLDFAST_KEY"))
	name := os.Getenv("NAME")

	repository := holdfast.NewRepositoryRequest("FILESYSTEM")
	repository.SetFilesystem(*holdfast.NewFilesystemLocation(os.Getenv("REPOSITORY")))
	_, _, err := client.RepositoriesAPI.PutRepository(ctx, name).RepositoryRequest(*repository).Execute()
	check(err)
	port, err := strconv.Atoi(os.Getenv("PORT"))
	check(err)
	node := holdfast.NewNode("primary", "127.0.0.1")
	node.SetPort(int32(port))
	cluster := holdfast.NewClusterRequest([]holdfast.Node{*node}, name, os.Getenv("CREDENTIALS"))
	_, _, err = client.ClustersAPI.PutCluster(ctx, name).ClusterRequest(*cluster).Execute()
	check(err)

	begun, _, err := client.BackupsAPI.CreateBackup(ctx, name).
		BackupRequest(*holdfast.NewBackupRequest("LOGICAL")).Wait(50).IdempotencyKey(name).Execute()
	check(err)
	result := finished(ctx, client, begun).GetResult()
	backup, _, err := client.BackupsAPI.GetBackup(ctx, result.GetBackupId()).Execute()
	check(err)
	if len(backup.GetArtifacts()) == 0 {
		log.Fatalf("%+v", backup)
	}
	verification, _, err := client.VerificationsAPI.CreateVerification(ctx, backup.GetId()).
		VerificationRequest(*holdfast.NewVerificationRequest("STRUCTURE")).Wait(50).Execute()
	check(err)
	finished(ctx, client, verification)
	_, refused, err := client.ClustersAPI.GetCluster(ctx, "nobody").Execute()
	if err == nil || refused.StatusCode != 404 {
		log.Fatal("a cluster that nobody declared was found")
	}
	fmt.Println("verified", backup.GetId())
}
