/** The file of the simulator's client certificate, as if the user had chosen it. */
export async function uploadCertificate({ anchor }) {
    const answer = await fetch("/chorus_pro_test/certificate.p12");
    const files = new DataTransfer();
    files.items.add(new File([await answer.blob()], "certificate.p12"));
    anchor.files = files.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}
