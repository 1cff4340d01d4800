"""What is answered to customers: replies, their wording, and the privacy of both sides."""
